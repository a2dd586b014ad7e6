/** A disk that takes nothing: calls of `node:fs` that write fail for as long as a test says so. */
import { createRequire } from 'node:module';

const WRITES = ['writeSync', 'fdatasyncSync', 'fsyncSync', 'renameSync', 'ftruncateSync', 'mkdirSync', 'openSync'] as const;
type Call = (...args: unknown[]) => unknown;
const fs = createRequire(__filename)('node:fs') as Record<(typeof WRITES)[number], Call>;

export interface BrokenDisk {
  /** Lets this many writing calls pass, then all fail with `code`; half of a write is done. */
  breakAfter(calls: number, code: 'ENOSPC' | 'EROFS'): void;
  repair(): void;
  /** Writing calls since the last `breakAfter` or `repair`. */
  calls(): number;
}

/** Whole again after each test of the enclosing `describe`. */
export function useBrokenDisk(): BrokenDisk {
  const whole = Object.fromEntries(WRITES.map(name => [name, fs[name]])) as typeof fs;
  let left = Infinity;
  let code = '';
  let calls = 0;
  beforeEach(() => {
    for (const name of WRITES) {
      fs[name] = (...args) => {
        const reads = name === 'openSync' && args[1] === 'r';
        if (reads) return whole[name](...args);
        calls++;
        if (left-- > 0) return whole[name](...args);
        if (name === 'writeSync' && code === 'ENOSPC') {
          const [fd, data, offset = 0, length = data.length, position = null] = args as [number, Uint8Array, number?, number?, number?];
          if (length > 1) whole.writeSync(fd, data, offset, length >> 1, position);
        }
        throw Object.assign(new Error(`${code}: the disk is broken`), { code });
      };
    }
  });
  const set = (calls_: number, code_: string): void => { [left, code, calls] = [calls_, code_, 0]; };
  afterEach(() => {
    set(Infinity, '');
    Object.assign(fs, whole);
  });
  return { breakAfter: set, repair: () => set(Infinity, ''), calls: () => calls };
}
