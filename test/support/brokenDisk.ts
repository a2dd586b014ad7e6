/** A disk that takes nothing: calls of `node:fs` that write fail for as long as a test says so. */
import { createRequire } from 'node:module';

const WRITES = ['writeSync', 'fdatasyncSync', 'fsyncSync', 'renameSync', 'ftruncateSync', 'mkdirSync', 'openSync'] as const;
type Call = (...args: unknown[]) => unknown;
const fs = createRequire(__filename)('node:fs') as Record<(typeof WRITES)[number], Call>;

export interface BrokenDisk {
  /** Lets this many writing calls pass, then all, or so many, fail with `code`; of a write half is done on a full disk. */
  breakAfter(calls: number, code: 'ENOSPC' | 'EROFS' | 'EBUSY', times?: number): void;
  repair(): void;
  /** Writing calls since the last `breakAfter` or `repair`. */
  calls(): number;
}

/** Whole again after each test of the enclosing `describe`. */
export function useBrokenDisk(): BrokenDisk {
  const whole = Object.fromEntries(WRITES.map(name => [name, fs[name]])) as typeof fs;
  let [left, broken] = [Infinity, Infinity];
  let code = '';
  let calls = 0;
  beforeEach(() => {
    for (const name of WRITES) {
      fs[name] = (...args) => {
        const reads = name === 'openSync' && args[1] === 'r';
        if (reads) return whole[name](...args);
        calls++;
        if (left-- > 0 || broken-- <= 0) return whole[name](...args);
        if (name === 'writeSync' && code === 'ENOSPC') {
          const [fd, data, offset = 0, length = data.length, position = null] = args as [number, Uint8Array, number?, number?, number?];
          if (length > 1) whole.writeSync(fd, data, offset, length >> 1, position);
        }
        throw Object.assign(new Error(`${code}: the disk is broken`), { code });
      };
    }
  });
  const set = (calls_: number, code_: string, times = Infinity): void => { [left, code, calls, broken] = [calls_, code_, 0, times]; };
  afterEach(() => {
    set(Infinity, '');
    Object.assign(fs, whole);
  });
  return { breakAfter: set, repair: () => set(Infinity, ''), calls: () => calls };
}
