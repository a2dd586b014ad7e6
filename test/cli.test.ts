import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { run, type CliProcess } from '../src/cli';
import type { PriceData } from '../src/core/pricing';
import type { Snapshot } from '../src/core/snapshot';
import { claim } from '../src/engine/ownership';
import { claudeLine, codexLine, TestHome } from './engine/logs/rig';

interface Run { readonly code: number; readonly out: string; readonly error: string }
interface Row { readonly provider: string; readonly day: string; readonly model: string; readonly project: string; readonly costUsd: number | null; readonly [part: string]: unknown }
interface Scan { readonly zone?: string; readonly rows: readonly Row[]; readonly unpriced: readonly object[]; readonly skipped: readonly object[] }

describe('the command line', () => {
  let home: TestHome;
  beforeEach(() => {
    home = new TestHome();
    const prices: PriceData = { source: 't', date: '2026-01-01', models: [{ names: ['claude-sonnet-4-5'], lists: [{ from: null, input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6 }] }] };
    home.write('ext/dist/prices.json', JSON.stringify(prices));
    home.write('ext/package.json', '{"version":"1.2.3"}');
  });
  afterEach(() => home.remove());

  async function cli(args: readonly string[], { env = {}, input = '', zone = 'UTC' }: { env?: CliProcess['env']; input?: string; zone?: string } = {}): Promise<Run> {
    let [out, error] = ['', ''];
    const code = await run(args, {
      env, home: home.dir, platform: 'linux', zone, distDir: path.join(home.dir, 'ext/dist'), input: () => Promise.resolve(input),
      out: text => (out += text), error: text => (error += text),
    });
    return { code, out, error };
  }
  const scan = async (...args: string[]): Promise<Scan> => JSON.parse((await cli(['scan', '--json', '--utc', ...args])).out) as Scan;
  const claudeLog = (...lines: string[]): string => home.lines('.claude/projects/-home-dev-app/a.jsonl', ...lines);
  const codexLog = (): string => home.lines('.codex/sessions/2026/10/31/rollout-a.jsonl',
    codexLine.meta('2026-10-31T10:00:00Z'), codexLine.turn('2026-10-31T10:00:01Z'), codexLine.tokens('2026-10-31T10:00:02Z', [1000, 800, 50, 20], null));

  describe('scan', () => {
    it('prints a row for each day, model and project, with uncached input and reasoning inside output', async () => {
      claudeLog(claudeLine({ input: 1000, read: 10_000, write: 3000, oneHour: 1000, output: 500 }), claudeLine({ id: 'msg_2', at: '2026-11-01T00:00:00Z', output: 1, input: 0 }));
      codexLog();
      assert.deepEqual(await scan(), {
        rows: [
          { provider: 'claude', day: '2026-10-31', model: 'claude-sonnet-4-5-20250929', project: '/home/dev/app', input: 1000, cacheRead: 10_000, cacheWrite: 3000, output: 500, reasoning: 0, requests: 1, costUsd: 0.027 },
          { provider: 'claude', day: '2026-11-01', model: 'claude-sonnet-4-5-20250929', project: '/home/dev/app', input: 0, cacheRead: 0, cacheWrite: 0, output: 1, reasoning: 0, requests: 1, costUsd: 0.000015 },
          { provider: 'codex', day: '2026-10-31', model: 'gpt-5.1-codex', project: '/home/dev/app', input: 200, cacheRead: 800, cacheWrite: 0, output: 50, reasoning: 20, requests: 1, costUsd: null },
        ],
        unpriced: [{ provider: 'codex', model: 'gpt-5.1-codex', tokens: 1050 }],
        skipped: [],
      });
    });

    it('counts local days, and names their zone, without --utc', async () => {
      claudeLog(claudeLine({ at: '2026-10-31T18:45:00Z' }), claudeLine({ id: 'msg_2', at: '2026-10-31T18:15:00Z' }));
      const { out } = await cli(['scan', '--json'], { zone: 'Asia/Kathmandu' });
      const { zone, rows } = JSON.parse(out) as Scan;
      assert.deepEqual([zone, rows.map(({ day, requests }) => [day, requests])], ['Asia/Kathmandu', [['2026-11-01', 2]]]);
      const losAngeles = JSON.parse((await cli(['scan', '--json'], { zone: 'America/Los_Angeles' })).out) as Scan;
      assert.deepEqual(losAngeles.rows.map(({ day }) => day), ['2026-10-31']);
    });

    it('takes a tool\'s own folder or a home that holds it, and then reads nothing else', async () => {
      claudeLog(claudeLine());
      codexLog();
      for (const folder of [home.dir, path.join(home.dir, '.codex')]) {
        const { rows } = await scan('--codex-home', folder);
        assert.deepEqual(rows.map(({ provider }) => provider), ['codex'], folder);
      }
      assert.deepEqual((await scan('--claude-home', path.join(home.dir, '.claude'), '--codex-home', home.dir)).rows.map(({ provider }) => provider), ['claude', 'codex']);
    });

    it('tells no number of requests where the logs know none', async () => {
      home.write('.factory/sessions/p/s.settings.json', JSON.stringify({ model: 'm', tokenUsage: { outputTokens: 5 } }));
      assert.deepEqual((await scan()).rows.map(({ output, requests }) => [output, requests]), [[5, null]]);
      assert.match((await cli(['scan', '--utc'])).out, / 5 +- +unpriced\n/);
    });

    it('remembers in --state what was read, also of logs that are gone', async () => {
      const state = path.join(home.dir, 'kept');
      const file = claudeLog(claudeLine());
      const first = await scan('--state', state);
      home.append(path.relative(home.dir, file), `${claudeLine({ id: 'msg_2', output: 11 })}\n`);
      assert.deepEqual((await scan('--state', state)).rows.map(({ output }) => output), [111]);
      home.lines(path.relative(home.dir, file), 'gone');
      assert.deepEqual([first.rows[0]?.['output'], (await scan('--state', state)).rows[0]?.['output']], [100, 111]);
    });

    it('R50: sums up by what is asked for, and says what was not told', async () => {
      const line = (id: string, gitBranch: string | null, sessionId: string): string => claudeLine({ id, extra: { gitBranch, sessionId } });
      claudeLog(line('1', 'main', 's-1'), line('2', 'fix', 's-1'), line('3', null, 's-2'));
      const by = async (view: string): Promise<readonly unknown[]> => (await scan('--by', view)).rows.map(({ provider, input, cacheRead, cacheWrite, output, reasoning, costUsd, ...rest }) => rest);
      assert.deepEqual(await by('branch'), [
        { project: '/home/dev/app', branch: null, requests: 1 }, { project: '/home/dev/app', branch: 'fix', requests: 1 }, { project: '/home/dev/app', branch: 'main', requests: 1 },
      ]);
      assert.deepEqual(await by('session'), [{ session: 's-1', requests: 2 }, { session: 's-2', requests: 1 }]);
      assert.deepEqual(await by('model'), [{ model: 'claude-sonnet-4-5-20250929', requests: 3 }]);
      assert.deepEqual(await by('day'), [{ day: '2026-10-31', requests: 3 }]);
      assert.match((await cli(['scan', '--by', 'branch'])).out, /^Project +Tool +Branch +Input .*\n\/home\/dev\/app +claude +- /);
    });

    it('R50: takes clients, prices and other names of models from a file of settings, and says what is no good in it', async () => {
      claudeLog(claudeLine({ id: '1', cwd: '/work/acme/app', model: 'proxy', input: 100, output: 0 }), claudeLine({ id: '2', cwd: '/else', model: 'own', input: 100, output: 0 }));
      const file = home.write('settings.json', JSON.stringify({
        'editor.fontSize': 12, 'quotaMonitor.clients': [{ name: 'Acme', projects: ['/work/acme'] }, { name: 'Bad' }],
        'quotaMonitor.modelAliases': { proxy: 'claude-sonnet-4-5' }, 'quotaMonitor.prices': { own: { input: 7, output: 1 } },
      }));
      const { code, out, error } = await cli(['scan', '--json', '--by', 'client', '--settings', file]);
      const { rows, unpriced } = JSON.parse(out) as Scan;
      assert.deepEqual([code, rows.map(({ client, costUsd }) => [client, costUsd]), unpriced], [0, [[null, 0.0007], ['Acme', 0.0003]], []]);
      assert.equal(error, 'The setting quotaMonitor.clients has a 2nd entry that cannot be used (projects): it is left out.\n');
      assert.equal((await cli(['scan', '--settings', home.write('bad.json', '// no')])).code, 2);
    });

    it('tells what was skipped', async () => {
      claudeLog(claudeLine(), claudeLine({ id: 'msg_2' }).slice(0, -20));
      assert.deepEqual((await scan()).skipped, [{ provider: 'claude', reason: '1 damaged line or file not counted.' }]);
    });

    it('finds nothing on a machine without logs, which is no failure', async () => {
      assert.deepEqual(await cli(['scan', '--json', '--utc']), { code: 0, out: '{"rows":[],"unpriced":[],"skipped":[]}\n', error: '' });
    });

    it('fails when none of the folders that were named can be read', async () => {
      const { code, out, error } = await cli(['scan', '--json', '--utc', '--claude-home', path.join(home.dir, 'nowhere')]);
      assert.deepEqual([code, JSON.parse(out)], [1, { rows: [], unpriced: [], skipped: [{ provider: 'claude', reason: 'No log folder was found.' }] }]);
      assert.match(error, /None of the folders/);
    });

    it('R11: tells no total of zero where nothing has a price', async () => {
      claudeLog(claudeLine({ model: 'claude-future-9' }));
      assert.match((await cli(['scan'])).out, /\nTotal at list prices of 2026-01-01: not known\nUnpriced: claude claude-future-9, /);
    });

    it('R11, R12: names what is unpriced in the table\'s total and the day of the prices, and prints no control characters', async () => {
      claudeLog(claudeLine({ cwd: '/home/\u001b[31mred' }), claudeLine({ id: 'msg_2', model: 'claude-future-9' }));
      const { out } = await cli(['scan']);
      assert.match(out, /Total at list prices of 2026-01-01: .*, and what follows\nUnpriced: claude claude-future-9, 110 tokens\n/);
      assert.match(out, /claude-future-9 .* unpriced\n/);
      assert.ok(!out.includes('\u001b'));
    });
  });

  describe('snapshot', () => {
    let server: Server;
    let seen: string[];
    let url: string;
    beforeEach(async () => {
      copyFileSync(path.resolve(__dirname, '../node_modules/sql.js/dist/sql-wasm.wasm'), path.join(home.dir, 'ext/dist/sql-wasm.wasm'));
      seen = [];
      server = createServer((request, response) => {
        seen.push(request.headers.authorization ?? 'none');
        response.writeHead(401, { 'content-type': 'application/json' }).end('{}');
      });
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterEach(() => new Promise(resolve => server.close(resolve)));

    it('shows local tools that are found', async () => {
      claudeLog(claudeLine());
      home.write('.claude.json', readFileSync(path.resolve(__dirname, 'fixtures/claude/claude.json')));
      const { code, out } = await cli(['snapshot', '--json']);
      const { accounts } = JSON.parse(out) as Snapshot;
      assert.deepEqual([code, accounts.map(({ id, identity, meters }) => [id, identity, meters.length])], [0, [['claude', 'Example GmbH', 4]]]);
      assert.match((await cli(['snapshot'])).out, /^Claude Code, Claude Code: .*5-hour window: /);
    });

    for (const [name, args, env, input] of [
      ["a variable named after the account's alias", [], { QUOTA_MONITOR_KEY_MY_TEAM: 'sk-or-canary', QUOTA_MONITOR_KEY_OPENROUTER: 'sk-or-other' }, ''],
      ['a variable named after the provider', [], { QUOTA_MONITOR_KEY_OPENROUTER: 'sk-or-canary' }, ''],
      ['standard input, before the environment', ['--keys-from-stdin'], { QUOTA_MONITOR_KEY_MY_TEAM: 'sk-or-other' }, 'my-team=sk-or-canary\n'],
      ['standard input with the line ends of Windows', ['--keys-from-stdin'], {}, '\ufeffOPENAI=sk-other\r\nmy-team=sk-or-canary\r\n'],
    ] as const) {
      it(`takes a key from ${name}, and prints none`, async () => {
        for (const form of [[], ['--json']]) {
          seen = [];
          const { code, out, error } = await cli(['snapshot', ...form, ...args, '--account', `openrouter:My team@${url}`], { env, input });
          assert.equal(code, 0);
          assert.deepEqual([...new Set(seen)], ['Bearer sk-or-canary']);
          assert.ok(out.includes('My team') && !`${out}${error}`.includes('canary'));
        }
      });
    }

    it('says what is wrong with its folder: a list of accounts that is damaged, a history that cannot be kept or that another process keeps', async () => {
      claudeLog(claudeLine());
      const state = path.join(home.dir, 'state');
      const said = async (): Promise<string> => (await cli(['snapshot', '--state', state])).error;
      assert.equal(await said(), '');
      home.write('state/accounts.json', '{');
      assert.match(await said(), /^The list of accounts was damaged; .*\n$/);
      const owner = await claim(state, { onWindow: socket => socket.destroy() });
      assert.match(await said(), /^Another process keeps the history in this folder: .*\n$/);
      if (owner.kind === 'owner') owner.release();
      home.write('file', '');
      assert.match((await cli(['snapshot', '--state', path.join(home.dir, 'file')])).error, /ENOTDIR/);
    });

    it('says that there is no account, and fails', async () => {
      const { code, error } = await cli(['snapshot', '--json']);
      assert.equal(code, 1);
      assert.match(error, /^There is no account/);
    });
  });

  describe('arguments', () => {
    for (const args of [['frobnicate'], ['scan', '--frobnicate'], ['scan', 'more'], ['scan', '--state'], ['scan', '--by', 'mood'], ['snapshot', '--by', 'day'], ['scan', '--json=yes'], ['scan', '--state', ''], ['scan', '--claude-home='], ['scan', '--account', 'openai'], ['snapshot', '--account', 'nobody'], ['snapshot', '--account', 'openai:'], ['snapshot', '--account', 'openai:a b', '--account', 'openai:A-b@https://other.example'], ['snapshot', '--account', 'openai:а', '--account', 'openai:б']]) {
      it(`refuses "${args.join(' ')}" with a sentence`, async () => {
        const { code, out, error } = await cli(args);
        assert.deepEqual([code, out], [2, '']);
        assert.match(error, /^[-A-Z"'].+\nSee --help\.\n$/s);
      });
    }

    it('gives help and the version', async () => {
      for (const args of [[], ['--help'], ['scan', '--help'], ['snapshot', '--help']]) assert.match((await cli(args)).out, /--claude-home DIR/);
      assert.equal((await cli(['--version'])).out, '1.2.3\n');
    });
  });
});
