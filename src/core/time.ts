/** Milliseconds since the Unix epoch, UTC. Instants end in `At`, durations in `Ms`. */
export type EpochMs = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
/** Every zone's days begin on a quarter of an hour. */
export const QUARTER_MS = 15 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** In quarters of an hour since the epoch. */
export const quarterOf = (at: EpochMs): number => Math.floor(at / QUARTER_MS);

/** Whoever makes a timer, listener or socket disposes of it; disposing twice is harmless. */
export interface Disposable {
  dispose(): void;
}

/**
 * The only source of time: nobody else calls Date.now, setTimeout or setInterval. Tests advance a fake clock.
 */
export interface Clock {
  now(): EpochMs;
  /** Runs `task` once, `delayMs` from now (0 and up). Disposing before then cancels it. */
  after(delayMs: number, task: () => void): Disposable;
}

/** Milliseconds of a clock that nobody sets; for how long ago something was. */
export const steadyMs = (): number => performance.now();

/** The machine's clock. Its timers do not keep a process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer: unknown = setTimeout(task, Math.min(Math.max(0, delayMs), 2 ** 31 - 1));
    (timer as { unref?: () => void }).unref?.();
    return { dispose: () => clearTimeout(timer as Parameters<typeof clearTimeout>[0]) };
  },
};
