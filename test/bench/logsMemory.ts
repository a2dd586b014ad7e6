/** `npm run bench:logs -- memory`: the most memory that a cold scan needs, for a small log, a log of 4 GB and a line of 64 MB, each in a process of its own. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { claudeLine } from '../engine/logs/rig';
import { LogWriter } from './logFiles';
import { Bench } from './logsRuns';

const MB = 1024 * 1024;
const PART_BYTES = 10e6;
const LOG = '.claude/projects/-home-dev-app/a.jsonl';

/** @param repeated the same responses again and again: of a gigabyte only its bytes count then. */
function writeLog(home: string, bytes: number, repeated = false): number {
  const file = path.join(home, LOG);
  fs.rmSync(file, { force: true });
  const writer = new LogWriter(Date.UTC(2026, 9, 31, 10), 100);
  for (let written = 0; written < bytes; written += PART_BYTES) {
    if (repeated) writer.responses = 0;
    writer.append(file, Math.min(PART_BYTES, bytes));
  }
  return writer.responses;
}

function writeLongLine(home: string): number {
  const bare = claudeLine({ output: 1, extra: { text: '' } });
  const long = claudeLine({ output: 1, extra: { text: 'y'.repeat(64 * MB - Buffer.byteLength(bare)) } });
  fs.writeFileSync(path.join(home, LOG), `${claudeLine({ id: 'msg_2', output: 1 })}\n${long}\n`);
  return 2;
}

/** @param cli the built command line. */
export function benchMemory(cli: string): void {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'quota-bench-'));
  try {
    fs.mkdirSync(path.dirname(path.join(home, LOG)), { recursive: true });
    const bench = new Bench(home, 1);
    console.log('| log | responses | peak MB | with an index | with two threads | wall s |\n| --- | --- | --- | --- | --- | --- |');
    const logs = [
      ['10 MB', () => writeLog(home, 10e6)], ['a line of 64 MB', () => writeLongLine(home)], ['4 GB, the same responses again and again', () => writeLog(home, 4e9, true)],
      ['4 GB', () => writeLog(home, 4e9)],
    ] as const;
    for (const [name, write] of logs) {
      const responses = write();
      const run = (...more: readonly string[]) => bench.once({ name, command: [process.execPath, cli, 'scan', '--json', '--utc', ...more] });
      const state = path.join(home, 'state');
      fs.rmSync(state, { recursive: true, force: true });
      const [bare, index, two] = [run('--threads', '1'), run('--threads', '1', '--state', state), run('--threads', '2')];
      console.log(`| ${[name, responses, ...[bare, index, two].map(({ peakMb }) => peakMb.toFixed(0)), (bare.wallMs / 1000).toFixed(2)].join(' | ')} |`);
    }
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}
