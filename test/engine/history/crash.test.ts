/** The history under kill -9: 200 times in `npm test` and `npm run test:crash`, some among the unit tests. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { migrations } from '../../../src/engine/history/migrations';
import { bundle } from '../../support/bundle';
import { FakeClock } from '../../support/fakeClock';
import { useHistory } from '../../support/history';
import { countNumbers, extraMigration, KILL_POINTS, type KillPoint, numbered } from '../../support/historyNumbers';
import { seeded } from '../../support/seeded';
import { SQLITE_ENV, WASM } from '../../support/sql';
import { useTempDir } from '../../support/tempDir';

const KILLS = Number(process.env['QUOTA_MONITOR_KILLS'] ?? 15);
const LANES = 2;

interface Kill {
  readonly point: KillPoint;
  /** The point is passed this many times, the last one not wholly. */
  readonly count: number;
  readonly delayMs: number;
  /** Which SQLite writes, sql.js or Node's own; it opens what the other one left. */
  readonly wasm: boolean;
}

describe('history under kill -9', () => {
  const dir = useTempDir();
  const open = useHistory();
  let program = '';
  after(() => { for (const writer of writers) writer.kill('SIGKILL'); });
  before(async () => { program = await bundle('test/support/historyWriter.ts'); });

  /** Kills one writer and looks at what it left. @returns how many readings are there. */
  async function round(folder: string, known: number, kill: Kill, newer: boolean): Promise<number> {
    const { acknowledged, stopped } = await writeUntilKilled([program, folder, String(known), WASM, kill.point, String(kill.count), newer ? 'newer' : ''], kill);
    const what = `killed in "${kill.point}" no. ${kill.count}, after ${kill.delayMs} ms`;
    assert.equal(stopped, kill.point !== 'never', `${what}: it did not come to that`);
    if (newer) (migrations as string[]).push(extraMigration);
    try {
      const history = await open(folder, new FakeClock());
      const count = countNumbers(history);
      assert.ok(count >= acknowledged && count >= known, `${what}: ${count} of ${Math.max(acknowledged, known)} are there`);
      assert.equal(history.warning, null, what);
      history.close();
      return count;
    } finally {
      if (newer) (migrations as string[]).pop();
    }
  }

  it(`has every acknowledged outcome once, and opens, after each of ${KILLS} kills in writes, renames, exports, migrations and prunings`, async function () {
    this.timeout(20_000 + KILLS * 1_000);
    const old = path.join(dir(), 'old');
    const made = await open(old, new FakeClock(0));
    for (let number = 0; number < 5; number++) made.record('a', numbered(number));
    made.checkpoint();
    made.record('a', numbered(5));
    made.close();
    const kills = Array.from({ length: KILLS }, (_, index) => {
      const random = seeded(index + 1);
      const point = KILL_POINTS[index % KILL_POINTS.length] ?? 'never';
      return { point, count: point === 'migrate' ? 1 : 1 + Math.floor(random() * 12), delayMs: Math.floor(random() * 60), wasm: random() < 0.5 };
    });
    await Promise.all(Array.from({ length: LANES }, async (_, lane) => {
      const folder = path.join(dir(), `lane-${lane}`);
      mkdirSync(folder);
      let known = 0;
      for (const [index, kill] of kills.entries()) {
        if (index % LANES !== lane) continue;
        if (kill.point !== 'migrate') {
          known = await round(folder, known, kill, false);
          continue;
        }
        const fresh = path.join(dir(), `migrated-${index}`); // the next version's first start, killed; then killed again while it writes
        cpSync(old, fresh, { recursive: true });
        const count = await round(fresh, 6, kill, true);
        await round(fresh, count, { ...kill, point: 'rename', count: 1 + index % 4 }, true);
      }
      assert.ok(known > 20, `only ${known} were written at all`);
    }));
  });
});

/** Those that run. One that nobody kills would write for ever. */
const writers = new Set<ChildProcess>();

/** @returns how many outcomes the child said are kept. It is killed where it stops, or else some time after it said the first. */
function writeUntilKilled(args: readonly string[], { point, delayMs, wasm }: Kill): Promise<{ acknowledged: number; stopped: boolean }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, [SQLITE_ENV]: wasm ? 'sql.js' : '' } });
  writers.add(child);
  const result = { acknowledged: 0, stopped: false };
  let killing = false;
  createInterface(child.stdout).on('line', line => {
    if (line === 'stopped') {
      result.stopped = true;
      child.kill('SIGKILL');
      return;
    }
    result.acknowledged = Number(line);
    if (!killing && point === 'never') setTimeout(() => child.kill('SIGKILL'), delayMs);
    killing = true;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('close', () => {
      writers.delete(child);
      resolve(result);
    });
  });
}
