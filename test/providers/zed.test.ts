import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import type { Provider } from '../../src/providers/provider';
import { zed, zedLogs } from '../../src/providers/zed';
import { TestHome, total } from '../engine/logs/rig';
import { writeSqlite } from '../support/nodeSqlite';

const { zstdCompressSync: pack } = zlib as unknown as { readonly zstdCompressSync: (bytes: Buffer) => Buffer };
const usage = (output: number, more: object = {}): object => ({ input_tokens: 10, output_tokens: output, cache_creation_input_tokens: 3, cache_read_input_tokens: 500, ...more });
const thread = (requests: object, more: object = {}): object =>
  ({ version: '0.3.0', title: 't', messages: [{ text: 'x'.repeat(9000) }], model: { provider: 'zed.dev', model: 'claude-opus-5' }, request_token_usage: requests, ...more });

describe('zed threads', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());
  const DB = '.local/share/zed/threads/threads.db';
  const save = (id: string, at: string, content: object | Buffer, type = 'zstd'): void => {
    const file = path.join(home.dir, DB);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const db = writeSqlite(file);
    db.exec('PRAGMA synchronous=OFF; CREATE TABLE IF NOT EXISTS threads(id TEXT PRIMARY KEY, summary TEXT NOT NULL, updated_at TEXT NOT NULL, data_type TEXT NOT NULL, data BLOB NOT NULL)');
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    db.prepare('INSERT OR REPLACE INTO threads VALUES (?, ?, ?, ?, ?)').run(id, 's', at, type, type === 'zstd' && !Buffer.isBuffer(content) ? pack(bytes) : bytes);
    db.close();
  };
  const scan = async () => home.scan(zed, { stateDir: home.stateDir });

  it('tell their requests', async () => {
    save('t1', '2026-11-22T10:00:05.123456789+00:00', thread({ m1: usage(7), m2: usage(20) }));
    const { report } = await scan();
    assert.deepEqual(report.buckets.map(({ startAt, model, requests, tokens }) => ({ startAt, model, requests, tokens })), [{
      startAt: Date.UTC(2026, 10, 22, 10), model: 'claude-opus-5', requests: 2, tokens: { input: 20, cacheRead: 1000, cacheWrite: 6, output: 27, reasoning: 0 },
    }]);
  });

  it('tell what is new when they were written again, and leave the others unread', async () => {
    for (let i = 0; i < 20; i++) save(`old${i}`, `2026-11-21T10:00:${String(i).padStart(2, '0')}Z`, thread({ m: usage(1) }));
    save('t1', '2026-11-22T10:00:05Z', thread({ m1: usage(7) }));
    assert.equal(total((await scan()).report).output, 27);
    save('old3', '2026-11-21T10:00:03Z', Buffer.from('damaged, but not new')); // as it would be if it were read
    save('t1', '2026-11-22T12:00:05Z', thread({ m1: usage(9), m2: usage(20) }));
    const { report, notes } = await scan();
    assert.deepEqual([report.buckets.map(({ startAt, tokens }) => [startAt, tokens?.output]), notes], [
      [[Date.UTC(2026, 10, 21, 10), 20], [Date.UTC(2026, 10, 22, 10), 9], [Date.UTC(2026, 10, 22, 12), 20]], [],
    ]);
  });

  it('tell their totals where they have no requests, and count these once', async () => {
    save('t1', '2026-11-22T10:00:05Z', thread({}, { cumulative_token_usage: usage(100) }), 'json');
    assert.equal(total((await scan()).report).output, 100);
    save('t1', '2026-11-22T12:00:05Z', thread({}, { cumulative_token_usage: usage(130) }), 'json');
    assert.equal(total((await scan()).report).output, 130);
    save('t2', '2026-11-22T13:00:05Z', thread({ m: usage(5) }, { cumulative_token_usage: usage(400) }), 'json');
    assert.equal(total((await scan()).report).output, 135);
  });

  it('R1: count what they told by request once when their first message is edited, which leaves the totals alone', async () => {
    save('t1', '2026-11-22T10:00:05Z', thread({ m1: usage(7), m2: usage(20) }, { cumulative_token_usage: usage(27) }));
    assert.equal(total((await scan()).report).output, 27);
    save('t1', '2026-11-22T10:20:05Z', thread({}, { cumulative_token_usage: usage(27) }));
    assert.equal(total((await scan()).report).output, 27);
    save('t1', '2026-11-22T10:21:05Z', thread({ m3: usage(9) }, { cumulative_token_usage: usage(36) }));
    assert.equal(total((await scan()).report).output, 36);
  });

  it('R1: count what they told by request once also where they told a total before', async () => {
    save('t1', '2026-11-22T10:00:05Z', thread({}, { cumulative_token_usage: usage(100) }));
    assert.equal(total((await scan()).report).output, 100);
    save('t1', '2026-11-22T10:20:05Z', thread({ m1: usage(9) }, { cumulative_token_usage: usage(109) }));
    assert.equal(total((await scan()).report).output, 109);
    save('t1', '2026-11-22T10:40:05Z', thread({}, { cumulative_token_usage: usage(109) }));
    assert.equal(total((await scan()).report).output, 109);
  });

  it('are passed over when they are damaged', async () => {
    save('a', '2026-11-22T10:00:05Z', Buffer.from('no zstd'));
    save('b', '2026-11-22T10:00:05Z', Buffer.from('[1'), 'json');
    save('c', 'some day', thread({ m: usage(5) }));
    save('d', '2026-11-22T10:00:05Z', thread({ m: usage(-5), n: usage(6), o: 7 }));
    const { report, notes } = await scan();
    assert.deepEqual([total(report).output, notes], [6, ['4 damaged lines or files not counted.']]);
  });

  it('R39: are read in steps, so that many large ones are no burden', async () => {
    const large = thread({ m: usage(1) }, { messages: Array.from({ length: 3000 }, (_, i) => ({ text: `${i * 7919 % 10_007}${Math.sin(i)}`.repeat(5) })) });
    for (let i = 0; i < 30; i++) save(`t${i}`, `2026-11-22T10:00:${i}Z`.replace(/:(\d)Z/, ':0$1Z'), large);
    assert.ok(fs.statSync(path.join(home.dir, DB)).size > 1e6);
    const [format] = zedLogs.formats;
    if (format?.kind !== 'database') assert.fail('it is a database');
    let steps = 0;
    const counted: Provider = { ...zed, logs: { ...zedLogs, formats: [{ ...format, read: (...args: Parameters<typeof format.read>) => (steps++, format.read(...args)) }] } };
    assert.equal(total((await home.scan(counted, { stateDir: home.stateDir })).report).output, 30);
    assert.ok(steps > 1, `${steps} steps`);
  });

  it('lie where each system keeps such data', () => {
    const roots = (platform: string, env: Record<string, string>): readonly string[] => zed.logs?.roots({ home: '/u', platform, env }, undefined) ?? [];
    assert.ok(roots('linux', {}).includes('/u/.local/share/zed/threads'));
    assert.ok(roots('darwin', {}).includes('/u/Library/Application Support/Zed/threads'));
    assert.ok(roots('win32', { LOCALAPPDATA: 'D:\\data' }).includes('D:\\data/Zed/threads'));
  });
});
