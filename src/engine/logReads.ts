import type { LogReading } from '../core/protocol';
import { SECOND_MS, type Clock, type EpochMs } from '../core/time';
import type { Amount } from './logs/fileChanges';

/** A read that ends sooner is not spoken of. */
const SILENT_MS = SECOND_MS;
/** Nor is one that is as good as done: what comes and goes at once only frightens. */
const WORTH_MS = 2 * SECOND_MS;
const TELL_MS = SECOND_MS / 2;
/** Looking at how far a read has come costs time for each log. */
const LOOK_MS = SECOND_MS / 4;

/** `readAtStart`: bytes that earlier runs had read. */
interface Read extends Amount { readonly startedAt: EpochMs; readonly readAtStart: number; readonly lookedAt: EpochMs }

/** The long reads of logs that are under way, as the user is told of them. */
export class LogReads {
  private readonly reads = new Map<string, Read>();
  private toldAt: EpochMs | null = null;

  constructor(private readonly clock: Pick<Clock, 'now'>, private readonly tell: (reading: LogReading | null) => void) {}

  /**
   * An account's logs are being read. One that is left in between, to go on soon, is the same read.
   * @param look tells how far it has come; null: it is no such read.
   */
  note(accountId: string, look: () => Amount | null): void {
    const now = this.clock.now();
    const before = this.reads.get(accountId);
    if (before !== undefined && Math.abs(now - before.lookedAt) < LOOK_MS) return;
    const amount = look();
    if (amount === null) return;
    const { startedAt, readAtStart } = before ?? { startedAt: now, readAtStart: amount.read };
    this.reads.set(accountId, { startedAt, readAtStart, lookedAt: now, ...amount });
    if (this.toldAt === null ? this.isLong(now) : Math.abs(now - this.toldAt) >= TELL_MS) this.tellNow(now);
  }

  /** An account's logs are read, or are read no further. */
  ended(accountId: string): void {
    if (!this.reads.delete(accountId) || this.toldAt === null) return;
    this.tellNow(this.clock.now());
  }

  private tellNow(now: EpochMs): void {
    const reads = [...this.reads.values()];
    this.toldAt = reads.length === 0 ? null : now;
    this.tell(reads.length === 0 ? null : { accountIds: [...this.reads.keys()], read: sum(reads, 'read'), all: sum(reads, 'all') });
  }

  private isLong(now: EpochMs): boolean {
    return [...this.reads.values()].some(({ startedAt, readAtStart, read, all }) => {
      const [tookMs, done] = [now - startedAt, read - readAtStart];
      return tookMs >= SILENT_MS && (done <= 0 || ((all - read) * tookMs) / done >= WORTH_MS);
    });
  }
}

const sum = (reads: readonly Amount[], part: keyof Amount): number => reads.reduce((total, read) => total + read[part], 0);
