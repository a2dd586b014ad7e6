/**
 * A process that records outcomes as fast as it can, says the number of each once it is on the disk, and now and then writes the
 * image and drops what is old. At the moment that its parent named it stops in the middle, says "stopped", and waits to be killed.
 */
import fs from 'node:fs';
import { History } from '../../src/engine/history/history';
import { migrations } from '../../src/engine/history/migrations';
import { loadSql, Sql } from '../../src/engine/history/sql';
import { HOUR_MS } from '../../src/core/time';
import { extraMigration, type KillPoint, numbered } from './historyNumbers';
import { chosenSqlite } from './sql';

const say = fs.writeSync;
const [dir = '', from = '0', wasm = '', point = 'never', count = '1', newer = ''] = process.argv.slice(2);
if (newer === 'newer') (migrations as string[]).push(extraMigration);

const VACUUM = 'PRAGMA incremental_vacuum';
let left = Number(count);
function at(here: KillPoint): void {
  if (here !== point || --left > 0) return;
  say(1, 'stopped\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
}

/** Stops before what `original` does, or with half of it done. */
function stopIn<T extends object, K extends keyof T>(owner: T, name: K, here: KillPoint, half?: (...args: never[]) => void): void {
  const original = owner[name] as unknown as (this: unknown, ...args: never[]) => unknown;
  owner[name] = function stopped(this: unknown, ...args: never[]): unknown {
    if (here === point && left === 1) half?.(...args);
    at(here);
    return original.apply(this, args);
  } as unknown as T[K];
}

stopIn(fs, 'writeSync', 'write', (fd: number, data: Uint8Array, offset = 0, length = data.length, position: number | null = null) => say(fd, data, offset, length >> 1, position));
stopIn(fs, 'fdatasyncSync', 'sync');
stopIn(fs, 'fsyncSync', 'sync');
stopIn(fs, 'renameSync', 'rename');
stopIn(fs, 'openSync', 'open');
stopIn(fs, 'ftruncateSync', 'truncate');
const { image, run, script } = Sql.prototype;
Sql.prototype.image = function stopped(): Uint8Array {
  const bytes = image.call(this);
  at('export');
  return bytes;
};
Sql.prototype.run = function stopped(text, ...params): void {
  run.call(this, text, ...params);
  if (text.startsWith('DELETE FROM raw')) at('prune');
};
Sql.prototype.script = function stopped(text): void {
  script.call(this, text);
  if (text === extraMigration) at('migrate');
  if (text === VACUUM) at('vacuum');
};

void loadSql(wasm, chosenSqlite()).then(openSql => {
  let now = Number(from) * HOUR_MS;
  const clock = { now: () => now, after: () => ({ dispose: () => undefined }) };
  const history = new History({ dir, openSql, clock, retentionDays: null });
  for (let number = Number(from); ; number++) {
    history.record('a', numbered(number));
    now = number * HOUR_MS;
    if (number % 3 === 1 && history.flush()) say(1, `${number + 1}\n`);
    history.maintain();
    if (number % 7 === 6) {
      if (number % 2 === 0) history.sql.script(VACUUM);
      history.checkpoint();
    }
  }
});
