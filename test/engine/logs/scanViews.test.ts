import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { PriceTable } from '../../../src/core/pricing';
import { scanOnce, type ScanResult } from '../../../src/engine/logs/scanOnce';
import { ScanThreads } from '../../../src/engine/logs/scanThreads';
import { SCAN_VIEWS, type ScanRow, type ScanView } from '../../../src/engine/logs/scanViews';
import { claude } from '../../../src/providers/claude';
import { codex } from '../../../src/providers/codex';
import { claudeLine, TestHome, total } from './rig';

const generator = path.resolve(__dirname, '../../../../shared/tools/gen-logs.mjs');
const rates = { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6 };
const prices = new PriceTable({ source: 't', date: null, models: [
  { names: ['claude-sonnet-4-5'], lists: [{ from: null, ...rates, above: [{ prompt: 200_000, ...rates, input: 6 }] }] },
  { names: ['claude-opus-4-1', 'gpt-5.1-codex'], lists: [{ from: null, ...rates, output: 75.25 }] },
] });

const threads = new ScanThreads({ bundle: 'none', count: 1, background: false });

const clients = ['auth', 'infra', 'notes', 'game'].map(name => ({ name, projects: [`/home/*/${name}`] }));

describe('views of logs', () => {
  let home: TestHome;
  before(() => (home = new TestHome()));
  after(() => home.remove());
  const scan = (view: ScanView | null, zone = 'UTC'): Promise<ScanResult> => scanOnce({ machine: home.machine, homes: new Map(), stateDir: null, zone, prices, view, threads, clients });
  const sum = (rows: readonly ScanRow[]): Readonly<Record<string, number>> => {
    const sums: Record<string, number> = {};
    for (const row of rows) for (const part of ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning', 'requests', 'costUsd'] as const) sums[`${row.provider} ${part}`] = (sums[`${row.provider} ${part}`] ?? 0) + (row[part] ?? 0);
    return Object.fromEntries(Object.entries(sums).map(([part, value]) => [part, part.endsWith('costUsd') ? Number(value.toFixed(9)) : value]));
  };

  it('R2: come to the same totals by day, model, project, branch, session and client, in every zone, and in what the history is told', async function () {
    if (!fs.existsSync(generator)) this.skip();
    this.timeout(60_000);
    execFileSync(process.execPath, [generator, '--out', home.dir, '--size', '3MB', '--seed', '11', '--codex-share', '0.4', '--quiet']);
    const plain = await scan(null);
    const whole = sum(plain.rows);
    assert.ok((whole['claude costUsd'] ?? 0) > 0 && (whole['codex requests'] ?? 0) > 0);
    for (const view of SCAN_VIEWS) {
      const { rows, unpriced } = await scan(view);
      assert.deepEqual([sum(rows), unpriced], [whole, plain.unpriced], view);
      assert.ok(rows.length > 2 && rows.length < plain.rows.length, view);
      assert.equal(new Set(rows.map(row => JSON.stringify([row.provider, row.project, row[view]]))).size, rows.length, view);
    }
    for (const zone of ['America/Los_Angeles', 'Pacific/Auckland', 'Asia/Kathmandu']) assert.deepEqual(sum((await scan('day', zone)).rows), whole, zone);
    for (const provider of [claude, codex]) {
      const { report } = await home.scan(provider, { prices });
      const told = { ...total(report), costUsd: Number((report.buckets.reduce((cost, bucket) => cost + (bucket.cost?.micros ?? 0), 0) / 1e6).toFixed(9)) };
      assert.deepEqual(Object.fromEntries(Object.entries(told).map(([part, value]) => [`${provider.info.id} ${part}`, value])), sum(plain.rows.filter(row => row.provider === provider.info.id)));
    }
  });

  it('put folders of one repository into one project, in each view that tells projects', async () => {
    const repo = home.write('repo/.git/HEAD', '').replace('/.git/HEAD', '');
    home.lines('only/projects/p/a.jsonl', claudeLine({ cwd: repo }), claudeLine({ id: 'msg_2', cwd: `${repo}/src` }), claudeLine({ id: 'msg_3', cwd: '/else' }));
    for (const view of [null, 'project', 'branch'] as const) {
      const { rows } = await scanOnce({ machine: home.machine, homes: new Map([['claude', path.join(home.dir, 'only')]]), stateDir: null, zone: 'UTC', prices, view, threads, clients });
      assert.deepEqual(rows.map(({ project, requests }) => [project, requests]).sort(), [['/else', 1], [repo, 2]]);
    }
  });

  it('tell no usage twice that two sources of one tool know', async () => {
    const place = new TestHome();
    try {
      const user = '.config/Code/User';
      place.database(`${user}/globalStorage/github.copilot-chat/agent-traces.db`, [
        'CREATE TABLE spans(span_id TEXT PRIMARY KEY, end_time_ms, operation_name, output_tokens)', "INSERT INTO spans VALUES ('s', 1795348700000, 'chat', 7)",
      ]);
      const told = async (): Promise<readonly unknown[]> =>
        (await scanOnce({ machine: place.machine, homes: new Map(), stateDir: null, zone: 'UTC', prices, view: null, threads, clients })).rows.map(({ provider, output }) => [provider, output]);
      assert.deepEqual(await told(), [['copilot-traces', 7]]);
      place.write(`${user}/workspaceStorage/w/chatSessions/s.json`, JSON.stringify({ requests: [{ requestId: 'r', timestamp: 1795348700000, modelId: 'copilot/m', promptTokens: 1, completionTokens: 2 }] }));
      assert.deepEqual(await told(), [['copilot-chat', 2]]);
    } finally {
      place.remove();
    }
  });
});
