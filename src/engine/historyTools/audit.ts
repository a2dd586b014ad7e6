import { closeSync, fdatasyncSync, fstatSync, openSync, readFileSync, readSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { AuditEntry } from '../../core/historyTools';
import { SECOND_MS, type Clock } from '../../core/time';

const MAX_BYTES = 1024 * 1024;
const MAX_SHOWN = 5000;
/** Every window reports a changed key: that is told once. */
const SAME_MS = 10 * SECOND_MS;

export const auditFiles = (dir: string): { readonly log: string; readonly old: string } =>
  ({ log: path.join(dir, 'audit.log'), old: path.join(dir, 'audit.log.old') });

/**
 * What was done to accounts, keys and history, as lines of JSON that are only ever appended; on the disk when `add` returns. Of 2 MB
 * the older half goes. Never a secret: what comes in are ids, names of fields, paths and origins.
 */
export class AuditLog {
  private last: AuditEntry | null = null;

  /** @param dir null: nothing is kept. @param failed gets a sentence; what is logged about goes on all the same. */
  constructor(private readonly dir: string | null, private readonly clock: Clock, private readonly failed: (why: string) => void) {}

  add(entry: Omit<AuditEntry, 'at'>): void {
    const at = this.clock.now();
    const { last } = this;
    if (last !== null && Math.abs(at - last.at) < SAME_MS && JSON.stringify({ ...last, at: 0 }) === JSON.stringify({ ...entry, at: 0 })) return;
    this.last = { ...entry, at };
    if (this.dir === null) return;
    try {
      append(auditFiles(this.dir), `${JSON.stringify({ at, ...entry })}\n`);
    } catch (error) {
      this.failed(`The audit log cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`);
    }
  }

  /** The newest entries in their order. Lines that cannot be read are left out. */
  entries(): AuditEntry[] {
    return this.dir === null ? [] : parseAudit(auditText(this.dir)).slice(-MAX_SHOWN);
  }
}

function append({ log, old }: ReturnType<typeof auditFiles>, line: string): void {
  let fd = openSync(log, 'a+', 0o600);
  try {
    const { size } = fstatSync(fd);
    if (size > 0 && size + Buffer.byteLength(line) > MAX_BYTES) {
      closeSync(fd); // Windows renames no open file
      renameSync(log, old);
      fd = openSync(log, 'a+', 0o600);
    }
    const bytes = Buffer.from(`${isTorn(fd) ? '\n' : ''}${line}`);
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A crash left half a line. */
function isTorn(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last.toString('latin1') !== '\n';
}

/** Both files, the older first. */
export function auditText(dir: string): string {
  const { log, old } = auditFiles(dir);
  return [old, log].map(file => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }).join('');
}

export function parseAudit(text: string): AuditEntry[] {
  return text.split('\n').flatMap(line => {
    try {
      const entry = AuditEntry.safeParse(JSON.parse(line));
      return entry.success ? [entry.data] : [];
    } catch {
      return []; // torn by a crash
    }
  });
}

/** Entries of both, each once, in the order of time; the newest, if they are too many. */
export function mergeAudit(here: string, there: string): string {
  const entries = new Map([...parseAudit(there), ...parseAudit(here)].map(entry => [JSON.stringify(entry), entry]));
  const lines = [...entries].sort(([, a], [, b]) => a.at - b.at).map(([text]) => `${text}\n`);
  let size = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
  while (size > MAX_BYTES) size -= Buffer.byteLength(lines.shift() ?? '');
  return lines.join('');
}
