import type { LogFormat } from '../../providers/logSource';
import { takeBatch } from './batch';
import type { FileReads } from './fileRead';
import { Helpers, type HelpOptions } from './helpers';
import type { ListedFile } from './look';
import type { LogState } from './logState';

export interface ScanProgress { readonly filesDone: number; readonly files: number; readonly bytesRead: number }

export interface ReadAllOptions {
  readonly state: LogState;
  readonly reads: FileReads;
  readonly formats: readonly LogFormat[];
  /** Null: this thread reads all by itself. */
  readonly help: HelpOptions | null;
  /** Asked between files once something was read: whether the rest is to be left for another time. */
  enough(): boolean;
  /** Ends the reading; what was read until then is in the state. */
  readonly stop: AbortSignal;
  /** Called between pieces and files, with what was just read. @throws the signal's reason. */
  rest(bytes: number, files: number): Promise<void> | null;
  /** Called between files, and now and then in a long one; whenever it is, the state is whole. */
  progress(progress: ScanProgress): void;
  log(message: string): void;
}

/** How many files this user may not read, and whether some were left for another time. */
export interface ReadAllResult { readonly closed: number; readonly left: boolean }

/** Of a long file so much is read before it is remembered how far. */
const BYTES_PER_KEEP = 16 * 1024 * 1024;

/** Reads what is new in files, first ones first, in this thread and in others. */
export async function readAll(files: readonly ListedFile[], { state, reads, formats, help, enough, stop, rest, progress, log }: ReadAllOptions): Promise<ReadAllResult> {
  // What is no line format needs the machine's own memory, or a database: those stay in this thread.
  const [own, shared] = [files.filter(({ format }) => format.kind !== 'lines'), files.filter(({ format }) => format.kind === 'lines')];
  const newBytes = shared.reduce((sum, { path, size }) => sum + Math.max(0, size - (state.files.get(path)?.offset ?? 0)), 0);
  const helpers = help === null || help.threads.worth(newBytes) < 2 ? null : new Helpers(help, formats, newBytes, stop, log);
  let [filesDone, bytesRead, closed, left] = [0, 0, 0, false];
  const exchange = (): void => {
    if (helpers === null) return;
    const { found, lost } = helpers.take();
    for (const { batch, bytes, done, closed: closedOnes } of found) {
      takeBatch(batch, state);
      bytesRead += bytes;
      filesDone += done;
      closed += closedOnes;
    }
    shared.unshift(...lost);
    helpers.feed(shared, path => state.files.get(path));
  };
  let notKept = 0;
  const between = async (bytes: number, keep: () => void): Promise<void> => {
    bytesRead += bytes;
    notKept += bytes;
    await rest(bytes, 0);
    exchange();
    if (notKept < BYTES_PER_KEEP) return;
    notKept = 0;
    keep();
    progress({ filesDone, files: files.length, bytesRead });
  };
  try {
    for (exchange(); own.length > 0 || shared.length > 0 || helpers?.busy === true; exchange()) {
      progress({ filesDone, files: files.length, bytesRead });
      if (bytesRead > 0 && own.length + shared.length > 0 && enough()) {
        left = true;
        own.length = shared.length = 0; // what others have begun is waited for
      }
      const file = next(own, shared);
      if (file === undefined) {
        if (helpers?.busy === true) await helpers.next();
        stop.throwIfAborted();
      } else {
        if (await reads.read(file, between) === 'closed') closed++;
        filesDone++;
      }
      await rest(0, 1);
    }
  } finally {
    helpers?.end();
  }
  progress({ filesDone, files: files.length, bytesRead });
  return { closed, left };
}

/** Takes the newest one. */
function next(own: ListedFile[], shared: ListedFile[]): ListedFile | undefined {
  const [a, b] = [own[0], shared[0]];
  return a !== undefined && (b === undefined || a.mtimeMs >= b.mtimeMs) ? own.shift() : shared.shift();
}
