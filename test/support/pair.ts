import type { Frame } from '../../src/core/protocol';
import type { Channel } from '../../src/engine/channel';

/** Two ends of a line; frames go through JSON, and arrive a turn later. */
export function channelPair(): readonly [Channel, Channel] {
  const ends = [0, 1].map(() => ({ frame: [] as ((raw: unknown) => void)[], close: [] as (() => void)[] }));
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    for (const end of ends) for (const listener of end.close) listener();
  };
  const make = (own: number): Channel => ({
    send: (frame: Frame) => {
      const text = JSON.stringify(frame);
      queueMicrotask(() => { if (open) for (const listener of ends[1 - own]!.frame) listener(JSON.parse(text)); });
    },
    onFrame: listener => { ends[own]!.frame.push(listener); },
    onClose: listener => { ends[own]!.close.push(listener); },
    close,
  });
  return [make(0), make(1)];
}
