import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { DAY_MS, SECOND_MS, type Clock, type Disposable, type EpochMs } from '../core/time';

/** The last request of an account: when it was answered or, not `answered`, when whoever was gone before that, or is asking now, began it. */
export interface PollMark { readonly lastAt: EpochMs; readonly answered: boolean; /** Of the credential that was used: see `keyTag`. */ readonly keyTag: string }

/** A request may reach its vendor this long after it was begun, so that the floor of one without an answer is reckoned from then. */
const ON_ITS_WAY_MS = 2 * SECOND_MS;

/** The latest instant at which its vendor can have had a request. */
export const heardBy = ({ lastAt, answered }: Pick<PollMark, 'lastAt' | 'answered'>): EpochMs => lastAt + (answered ? 0 : ON_ITS_WAY_MS);

/** `credentialKey` of this run, whose keys are known whole; null: an earlier run's. */
interface Slot extends PollMark { readonly id: string; readonly place: number; readonly credentialKey: string | null }

const FILE = 'polls.marks';
const SALT_BYTES = 32;
const HEAD = /^([0-9a-f]{64})\n/;
/** Two of a thousand keys are taken for one in a case of ten thousand. */
const TAG_DIGITS = 8;
const LINE = new RegExp(`^([0-9a-f]{16}) ([0-9a-f]{${TAG_DIGITS}}) (\\d{13}) ([?.])$`);
const LINE_BYTES = 16 + 1 + TAG_DIGITS + 1 + 13 + 1 + 1 + 1;
/** No interval is longer. */
const MAX_AGE_MS = 2 * DAY_MS;

/**
 * When each account was asked last, known before it is, so that the floors hold for requests, too, of a process that was killed before it
 * could record an outcome. A line of fixed length for each account and key that it had, written in its place and not flushed: it must outlive the process,
 * and a machine that goes down is down for about as long as a floor. Of a credential there are 32 bits of a salted hash: enough to tell
 * which accounts have one key, too few to tell anything of the key. What cannot be read or written is gone without: a wait less.
 */
export class PollMarks implements Disposable {
  readonly salt: Buffer;
  private readonly slots = new Map<string, Slot>();
  private fd: number | null = null;
  private end = 0;

  /** @param dir null: in memory only. */
  constructor(private readonly dir: string | null, private readonly clock: Clock) {
    const text = dir === null ? '' : readIfThere(path.join(dir, FILE));
    const salt = HEAD.exec(text)?.[1];
    this.salt = salt === undefined ? randomBytes(SALT_BYTES) : Buffer.from(salt, 'hex');
    this.begin(salt === undefined ? [] : this.parse(text.slice(salt.length + 1)));
  }

  /** The folder was emptied, or holds other accounts now: the marks of these are written anew, and the others forgotten. */
  renew(accountIds: readonly string[]): void {
    this.dispose();
    const wanted = new Set(accountIds.map(idTag));
    const kept = [...this.slots.values()].filter(({ id }) => wanted.has(id));
    this.slots.clear();
    this.begin(kept);
  }

  get(accountId: string): PollMark | null {
    return this.last(idTag(accountId));
  }

  /** When the credential was last used at the latest, by whichever account; null: not lately. */
  usedAt(credentialKey: string): EpochMs | null {
    const tag = keyTag(credentialKey);
    let last: EpochMs | null = null;
    for (const slot of this.slots.values()) {
      if (slot.credentialKey === null ? slot.keyTag === tag : slot.credentialKey === credentialKey) last = Math.max(last ?? -Infinity, heardBy(slot));
    }
    return last;
  }

  /** Call right before the request goes out. */
  asked(accountId: string, credentialKey: string): void {
    const [id, tag] = [idTag(accountId), keyTag(credentialKey)];
    this.put({ id, place: this.slots.get(nameOf(id, tag))?.place ?? this.next(), credentialKey, keyTag: tag, lastAt: this.clock.now(), answered: false });
  }

  answered(accountId: string): void {
    const slot = this.last(idTag(accountId));
    if (slot !== null) this.put({ ...slot, lastAt: this.clock.now(), answered: true });
  }

  dispose(): void {
    if (this.fd !== null) closeSync(this.fd);
    this.fd = null;
  }

  private begin(kept: readonly Omit<Slot, 'place'>[]): void {
    const head = `${this.salt.toString('hex')}\n`;
    this.end = head.length;
    for (const slot of kept) this.slots.set(nameOf(slot.id, slot.keyTag), { ...slot, place: this.next() });
    if (this.dir !== null) this.open(this.dir, head + kept.map(line).join(''));
  }

  /** With the key that the account was asked with last. */
  private last(id: string): Slot | null {
    const own = [...this.slots.values()].filter(slot => slot.id === id);
    return own.length === 0 ? null : own.reduce((one, other) => (other.lastAt > one.lastAt ? other : one));
  }

  private put(slot: Slot): void {
    this.slots.set(nameOf(slot.id, slot.keyTag), slot);
    try {
      if (this.fd !== null) writeSync(this.fd, line(slot), slot.place, 'latin1');
    } catch {
      // a full disk
    }
  }

  /** What was asked later than now was asked before the clock was set back, perhaps a moment ago: it counts as asked now, without an answer. */
  private parse(text: string): Omit<Slot, 'place'>[] {
    const now = this.clock.now();
    return text.split('\n').flatMap((each): Omit<Slot, 'place'>[] => {
      const [, id = '', tag = '', lastAt = '', state = ''] = LINE.exec(each) ?? [];
      const isPast = Number(lastAt) <= now;
      const slot = { id, credentialKey: null, keyTag: tag, lastAt: isPast ? Number(lastAt) : now, answered: isPast && state === '.' };
      return id === '' || slot.lastAt < now - MAX_AGE_MS ? [] : [slot];
    });
  }

  private next(): number {
    this.end += LINE_BYTES;
    return this.end - LINE_BYTES;
  }

  private open(dir: string, content: string): void {
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const file = path.join(dir, FILE);
      writeFileSync(`${file}.tmp`, content, { mode: 0o600 });
      renameSync(`${file}.tmp`, file);
      this.fd = openSync(file, 'r+');
    } catch {
      this.dispose(); // a read-only folder
    }
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** Accounts and keys are few, and each is asked for with every poll. */
const hashes = new Map<string, string>();
function hash(text: string): string {
  const known = hashes.get(text) ?? createHash('sha256').update(text).digest('hex');
  hashes.set(text, known);
  return known;
}
const idTag = (accountId: string): string => hash(accountId).slice(0, 16);
/** What is kept of a credential. */
export const keyTag = (credentialKey: string): string => hash(credentialKey).slice(0, TAG_DIGITS);
const nameOf = (id: string, tag: string): string => `${id} ${tag}`;
const line = ({ id, keyTag: tag, lastAt, answered }: Omit<Slot, 'place'>): string => `${id} ${tag} ${String(lastAt).padStart(13, '0')} ${answered ? '.' : '?'}\n`;
