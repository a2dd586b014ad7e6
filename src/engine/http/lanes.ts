import type { Clock } from '../../core/time';

/** So many requests at once make do with as many connections, however many accounts there are. */
const LANES = 4;

/** Lets few requests to an origin run at once, so that those after them find an open connection; and none wait long for slow ones. */
export class Lanes {
  private readonly origins = new Map<string, { busy: number; readonly waiting: Set<() => void> }>();

  /** @param patienceMs who waits for so long goes on beside the others. */
  constructor(private readonly clock: Clock, private readonly patienceMs: number) {}

  /** @param onEnd takes what to call should the request end before. @returns call it, once, when the request is over. */
  async enter(origin: string, onEnd: (end: () => void) => void): Promise<() => void> {
    const lanes = this.origins.get(origin) ?? { busy: 0, waiting: new Set() };
    this.origins.set(origin, lanes);
    if (lanes.busy < LANES) lanes.busy++;
    else await new Promise<void>(go => {
      const timer = this.clock.after(this.patienceMs, () => next());
      const next = (): void => {
        if (!lanes.waiting.delete(next)) return; // it goes already
        timer.dispose();
        lanes.busy++;
        go();
      };
      lanes.waiting.add(next);
      onEnd(next);
    });
    return () => {
      lanes.busy--;
      const [next] = lanes.waiting;
      if (lanes.busy < LANES) next?.();
      if (lanes.busy === 0 && lanes.waiting.size === 0) this.origins.delete(origin);
    };
  }
}
