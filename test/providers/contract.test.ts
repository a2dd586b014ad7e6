/** What every provider in the list owes, whatever its vendor or its logs do. A new provider gets these for one line in a table below. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import type { Account, AccountOptions } from '../../src/core/account';
import { ProviderError, type FailureKind } from '../../src/core/errors';
import { noPrices } from '../../src/core/pricing';
import { totalTokens, type Reading } from '../../src/core/reading';
import { paceOf } from '../../src/core/schedule';
import { defaultEngineSettings } from '../../src/core/settings';
import { ProviderInfo } from '../../src/core/snapshot';
import { DAY_MS, MINUTE_MS, systemClock, type Clock } from '../../src/core/time';
import { detectTools } from '../../src/engine/detect';
import { createHttp } from '../../src/engine/http/http';
import { PollMarks } from '../../src/engine/pollMarks';
import { Poller } from '../../src/engine/poller';
import type { Outcome, Target } from '../../src/engine/polling';
import { Reader } from '../../src/engine/reader';
import { providers } from '../../src/providers';
import type { Provider } from '../../src/providers/provider';
import { claudeLine, codexLine, TestHome } from '../engine/logs/rig';
import { startSimulator, type Fault, type Simulator } from '../simulators';
import { FakeClock, settle } from '../support/fakeClock';
import { databaseTools } from './databaseTools';

const CANARY = 'canary-0123456789abcdef';

/** How each vendor is simulated, with a key that sees everything (as does the same with -2), and keys of the wrong kind. */
const vendors: Readonly<Record<string, { readonly key: string; readonly wrongKinds: readonly string[]; start(faults: Record<string, Fault>): Promise<Simulator> }>> = {
  openai: {
    key: `sk-admin-${CANARY}`, wrongKinds: [`sk-proj-${CANARY}`, `sk-svcacct-${CANARY}`, `sk-ant-${CANARY}`, `sk-${CANARY}`, `sk-admin-scopeless-${CANARY}`],
    start: faults => startSimulator('openai', { now: Date.now, faults, keys: { [`sk-admin-${CANARY}`]: 'admin', [`sk-admin-${CANARY}-2`]: 'admin', [`sk-${CANARY}`]: 'project', [`sk-admin-scopeless-${CANARY}`]: 'no-scope' } }),
  },
  anthropic: {
    key: `sk-ant-admin01-${CANARY}`, wrongKinds: [`sk-ant-api03-${CANARY}`, `sk-ant-oat01-${CANARY}`, `sk-ant-admin01-workspace-${CANARY}`, `sk-or-v1-${CANARY}`],
    start: faults => startSimulator('anthropic', { now: Date.now, faults, keys: { [`sk-ant-admin01-${CANARY}`]: 'admin', [`sk-ant-admin01-${CANARY}-2`]: 'admin', [`sk-ant-admin01-workspace-${CANARY}`]: 'workspace' } }),
  },
  openrouter: {
    key: `sk-or-v1-${CANARY}`, wrongKinds: [`sk-ant-api03-${CANARY}`, `sk-admin-${CANARY}`],
    start: faults => startSimulator('openrouter', { now: Date.now, faults, keys: { [`sk-or-v1-${CANARY}`]: 'management', [`sk-or-v1-${CANARY}-2`]: 'management' } }),
  },
};

/**
 * A log file of each local tool, told by lines, as one document or in a database, with one response of `output` tokens; `root` lies on its path.
 * `chosen`: the tool is looked for only where the account says, which is this folder.
 */
type Tool = { readonly file: string; readonly root: string; readonly chosen?: string } & (
  { readonly lines: (output: number) => readonly string[]; readonly begun: string } | { readonly document: (output: number) => object } | { readonly rows: (output: number) => readonly string[] });
const tools: Readonly<Record<string, Tool>> = {
  ...databaseTools,
  claude: {
    file: '.claude/projects/-home-dev-app/a.jsonl', root: 'projects', begun: '{"type":"assistant","message":{"usage":{"input_tokens":1',
    lines: output => [claudeLine({ id: `msg_${output}`, output })],
  },
  codex: {
    file: '.codex/sessions/2026/10/31/rollout-a.jsonl', root: 'sessions', begun: '{"type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":1',
    lines: output => [codexLine.turn('2026-10-31T10:00:00Z'), codexLine.tokens(`2026-10-31T10:00:${String(output).padStart(2, '0')}Z`, null, [output, 0, output, 0])],
  },
  gemini: {
    file: '.gemini/tmp/app/chats/session-1.jsonl', root: '.gemini', begun: '{"id":"m","tokens":{"input":1',
    lines: output => [JSON.stringify({ id: `m-${output}`, timestamp: '2026-10-31T10:00:00Z', type: 'gemini', model: 'gemini-3-pro', tokens: { input: 0, output } })],
  },
  qwen: {
    file: '.qwen/projects/p/chats/a.jsonl', root: '.qwen', begun: '{"type":"assistant","usageMetadata":{"promptTokenCount":1',
    lines: output => [JSON.stringify({ type: 'assistant', uuid: `u-${output}`, timestamp: '2026-10-31T10:00:00Z', usageMetadata: { candidatesTokenCount: output } })],
  },
  'copilot-chat': {
    file: '.config/Code/User/workspaceStorage/abc/chatSessions/s1.jsonl', root: '.config', begun: '{"kind":2,"k":["requests"],"v":[{"promptTokens":1',
    lines: output => [JSON.stringify({ kind: 2, k: ['requests'], v: [{ requestId: `r-${output}`, timestamp: 1795348700000, modelId: 'copilot/m', completionTokens: output }] })],
  },
  ...Object.fromEntries([['cline', 'saoudrizwan.claude-dev'], ['roo', 'rooveterinaryinc.roo-cline'], ['kilo-code', 'kilocode.kilo-code']].map(([id, folder]) => [id, {
    file: `.config/Code/User/globalStorage/${folder}/tasks/1795/ui_messages.json`, root: '.config',
    document: (output: number) => [{ ts: 1795348700123, say: 'api_req_started', text: JSON.stringify({ tokensOut: output }) }],
  }])),
  kimi: {
    file: '.kimi-code/sessions/w/s/agents/main/wire.jsonl', root: '.kimi-code', begun: '{"type":"usage.record","usage":{"output":1',
    lines: output => [JSON.stringify({ type: 'usage.record', usage: { output }, time: 1795348700000 + output })],
  },
  pi: {
    file: '.pi/agent/sessions/app/a.jsonl', root: '.pi', begun: '{"type":"message","message":{"usage":{"output":1',
    lines: output => [JSON.stringify({ type: 'message', timestamp: '2026-10-31T10:00:00Z', message: { role: 'assistant', responseId: `r-${output}`, usage: { output } } })],
  },
  droid: { file: '.factory/sessions/p/s1.settings.json', root: '.factory', document: output => ({ tokenUsage: { outputTokens: output } }) },
  continue: {
    file: '.continue/dev_data/0.2.0/tokensGenerated.jsonl', root: '.continue', begun: '{"promptTokens":1',
    lines: output => [JSON.stringify({ timestamp: '2026-10-31T10:00:00Z', generatedTokens: output })],
  },
  grok: {
    file: '.grok/logs/unified.jsonl', root: '.grok', begun: '{"msg":"shell.turn.inference_done","ctx":{"prompt_tokens":1',
    lines: output => [JSON.stringify({ ts: '2026-10-31T10:00:00Z', pid: 1, msg: 'shell.turn.inference_done', ctx: { completion_tokens: output } })],
  },
  aider: {
    file: 'aider/log.jsonl', root: 'aider', chosen: 'aider', begun: '{"event":"message_send","properties":{"prompt_tokens":1',
    lines: output => [JSON.stringify({ event: 'message_send', time: 1795348700, properties: { completion_tokens: output } })],
  },
  amp: {
    file: '.local/share/amp/threads/T-1.json', root: '.local',
    document: output => ({ usageLedger: { events: [{ id: 'e', timestamp: '2026-10-31T10:00:00Z', tokens: { output } }] } }),
  },
  auggie: {
    file: '.augment/sessions/s1.json', root: '.augment',
    document: output => ({ chatHistory: [{ finishedAt: '2026-10-31T10:00:00Z', exchange: { response_nodes: [{ token_usage: { output_tokens: output } }] } }] }),
  },
  ...Object.fromEntries(['claude', 'codex', 'gemini', 'copilot'].map(id => [`${id}-telemetry`, {
    file: 'sent/2026-10-31.jsonl', root: 'sent', chosen: 'sent', begun: '{"id":"r',
    lines: (output: number) => [JSON.stringify({ id: `r-${output}`, at: Date.UTC(2026, 9, 31, 10), output, ...(id === 'claude' ? { costMicros: 5 } : {}) })],
  }])),
};

const remote = providers.filter(({ info }) => info.baseUrl !== null);
const local = providers.filter(({ logs }) => logs !== undefined);

/** Nothing of an error that could be printed, stored or sent shows the key. */
function assertNoKey(error: unknown): void {
  const { message, stack } = error as Error;
  for (const text of [message, stack, JSON.stringify(error), String(error), inspect(error, { depth: 9, showHidden: true, getters: true })]) {
    assert.ok(!text?.includes(CANARY), `shows the key: ${text}`);
  }
}

/** What every file of a folder is, but for those below another folder. */
const fingerprint = (dir: string, without: string): readonly string[] => fs.readdirSync(dir, { recursive: true, encoding: 'utf8' }).map(name => path.join(dir, name)).filter(file => !file.startsWith(without)).sort().map(file => {
  const stat = fs.statSync(file, { bigint: true });
  return [file, stat.mode, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
});

describe('every provider', () => {
  let home: TestHome;
  const open: { close(): unknown }[] = [];
  beforeEach(() => { home = new TestHome(); });
  afterEach(async () => {
    await Promise.all(open.splice(0).map(part => part.close()));
    home.remove();
  });

  function reader(secret: string | null | ((accountId: string) => string), { clock = systemClock, httpClock = systemClock }: { clock?: Clock; httpClock?: Clock } = {}): Reader {
    const http = createHttp({ settings: defaultEngineSettings, clock: httpClock, userAgent: 'test', env: {} });
    const made = new Reader({ clock, http, salt: Buffer.alloc(32), threads: null, watch: null, changed: () => undefined, reading: () => undefined, log: () => undefined, guard: () => undefined, machine: home.machine, prices: () => noPrices, stateDir: home.stateDir, zone: () => 'UTC', folders: () => [], earlier: () => [], secret: id => Promise.resolve(typeof secret === 'function' ? secret(id) : secret) });
    open.push({ close: () => http.dispose() }, { close: () => made.dispose() });
    return made;
  }

  const chosen = (provider: Provider): AccountOptions => {
    const folder = tools[provider.info.id]?.chosen;
    return folder === undefined ? {} : { home: `${home.dir}/${folder}` };
  };
  const target = (provider: Provider, options: AccountOptions = chosen(provider), id = 'one'): Target =>
    ({ provider, account: { id, providerId: provider.info.id, alias: id, options, createdAt: 0 } satisfies Account });

  async function read(at: Target, secret: string | null, clock: Clock = systemClock): Promise<Reading> {
    return (await reader(secret, { clock }).prepare(at)).run(new AbortController().signal);
  }

  async function fails(reading: Promise<Reading>, kinds: readonly FailureKind[]): Promise<ProviderError> {
    const error = await reading.then(() => assert.fail('the read should have failed'), (error: unknown) => error);
    assert.ok(error instanceof ProviderError, inspect(error));
    assert.ok(kinds.includes(error.kind), `${error.kind}: ${error.message}`);
    assert.match(error.message, /^[A-Z].{10,300}[.?]$/s, 'a sentence for people');
    assertNoKey(error);
    return error;
  }

  const vendorOf = ({ info }: Provider) => vendors[info.id] ?? assert.fail(`${info.id} needs its simulator in this file's table`);
  const toolOf = ({ info }: Provider) => tools[info.id] ?? assert.fail(`${info.id} needs its log line in this file's table`);
  async function simulate(provider: Provider, faults: Record<string, Fault> = {}): Promise<Simulator> {
    const simulator = await vendorOf(provider).start(faults);
    open.push(simulator);
    return simulator;
  }

  it('has an id of its own and says what the editor needs to know', () => {
    assert.equal(new Set(providers.map(({ info }) => info.id)).size, providers.length);
    for (const { info, hosts, authorize } of providers) {
      ProviderInfo.parse(info);
      if (info.baseUrl === null) assert.deepEqual(hosts, []);
      else assert.ok(authorize && hosts.includes(new URL(info.baseUrl).host) && info.baseUrl.startsWith('https://'), info.id);
      assert.ok(info.minIntervalMs >= 60_000 && info.defaultIntervalMs >= info.minIntervalMs, info.id);
    }
  });

  it('R18: asks no vendor more often than each five minutes unless the user wants that', () => {
    assert.deepEqual(remote.filter(({ info }) => paceOf(info, { options: {} }, defaultEngineSettings).intervalMs < 5 * MINUTE_MS).map(({ info }) => info.id), []);
  });

  for (const provider of remote) {
    describe(`over the network: ${provider.info.name}`, () => {
      const bad: readonly (readonly [input: string, fault: Fault, kinds: readonly FailureKind[]])[] = [
        ['a body that does not fit', { kind: 'schema' }, ['changed']],
        ['an empty object', { kind: 'status', status: 200, body: {} }, ['changed']],
        ['null', { kind: 'status', status: 200, body: 'null' }, ['changed']],
        ['HTML instead of JSON', { kind: 'html' }, ['changed']],
        ['broken JSON', { kind: 'bad-json' }, ['changed']],
        ['a 401', { kind: 'status', status: 401 }, ['auth']],
        ['a 403', { kind: 'status', status: 403 }, ['auth', 'wrong-key']],
        ['a 404', { kind: 'status', status: 404 }, ['changed']],
        ['a 500', { kind: 'status', status: 500 }, ['unreachable']],
        ['a 503', { kind: 'status', status: 503 }, ['unreachable']],
        ['a 529', { kind: 'status', status: 529 }, ['unreachable']],
        ['a cut connection', { kind: 'cut' }, ['unreachable']],
        ['a hanging server', { kind: 'hang' }, ['unreachable']],
        ['a server that stops in the middle', { kind: 'stall' }, ['unreachable']],
        ['a 100 MB answer', { kind: 'huge' }, ['changed']],
        ['a 100 MB answer that says its length', { kind: 'huge', declared: true }, ['changed']],
      ];
      for (const [input, fault, kinds] of bad) {
        it(`takes ${input} for ${kinds.join(' or ')}, and no other account is harmed`, async () => {
          const [broken, sound] = await Promise.all([simulate(provider, { '*': fault }), simulate(provider)]);
          const { key } = vendorOf(provider);
          const outcomes = new Map<string, Outcome>();
          const logged: string[] = [];
          const httpClock = new FakeClock();
          const made = reader(id => (id === 'sound' ? `${key}-2` : key), { httpClock });
          const poller = new Poller({
            clock: systemClock, random: () => 0, marks: new PollMarks(null, systemClock), settings: () => defaultEngineSettings, prepare: at => made.prepare(at),
            onOutcome: ({ account }, outcome) => outcomes.set(account.id, outcome), onChange: () => undefined, onLook: () => undefined, log: (_, message) => logged.push(message),
          });
          open.push({ close: () => poller.dispose() });
          for (const [id, { baseUrl }] of [['broken', broken], ['sound', sound]] as const) poller.add(target(provider, { baseUrl }, id), { askedAt: null, notBefore: null });
          const polls = poller.refresh(null);
          if (fault.kind === 'hang' || fault.kind === 'stall') {
            while (!outcomes.has('sound') || broken.requests.length === 0) await settle();
            assert.equal(outcomes.has('broken'), false);
            await httpClock.advance(30_000);
          }
          await polls;
          const outcome = outcomes.get('broken');
          assert.ok(outcome?.ok === false, 'the bad input was taken for good');
          await fails(Promise.reject(outcome.error), kinds);
          assert.equal(outcomes.get('sound')?.ok, true);
          assert.ok(broken.bytesSent < 40 * 2 ** 20);
          assert.ok(!logged.join('\n').includes(CANARY));
        });
      }

      it('R20: takes a 429 for a wait, never for a number', async () => {
        const fault: Fault = { kind: 'status', status: 429, headers: { 'retry-after': '120' } };
        const { baseUrl, requests } = await simulate(provider, { '*': fault });
        const error = await fails(read(target(provider, { baseUrl }), vendorOf(provider).key), ['rate-limited']);
        assert.equal(error.retryAfterMs, 120_000);
        assert.equal(requests.length, 1, 'it asked on after a 429');
      });

      it('R32: drops the credential on a redirect to another host', async () => {
        const other = await simulate(provider);
        const { baseUrl } = await simulate(provider, { '*': { kind: 'redirect', to: `${other.baseUrl}/key` } });
        await fails(read(target(provider, { baseUrl }), vendorOf(provider).key), ['changed']);
        assert.deepEqual(other.requests, []);
      });

      it('R9: takes zeros for zeros where the key may see them, and makes up no limit', async () => {
        const { baseUrl } = await simulate(provider, { '*': { kind: 'zeros' } });
        const { meters, usage } = await read(target(provider, { baseUrl }), vendorOf(provider).key);
        assert.ok(meters.every(({ used, left, cap }) => !used && !left && (cap.kind !== 'limited' || cap.amount === 0)), JSON.stringify(meters));
        for (const { cost, tokens } of usage.flatMap(({ buckets }) => buckets)) {
          assert.equal(cost?.micros ?? 0, 0);
          assert.equal(tokens && totalTokens(tokens), tokens && 0);
        }
      });

      it('tells a key of the wrong kind from a wrong key', async () => {
        const { baseUrl } = await simulate(provider);
        const { wrongKinds, key } = vendorOf(provider);
        for (const wrong of wrongKinds) await fails(read(target(provider, { baseUrl }), wrong), ['wrong-key']);
        await fails(read(target(provider, { baseUrl }), `${key}x`), ['auth']);
        for (const none of ['', `${key} ${key}`, `${key}\n`, `${key}é`]) await fails(read(target(provider, { baseUrl }), none), ['auth']);
      });

      it('R23: is read with the key that is kept at that moment: one that was exchanged since needs no restart', async () => {
        const { baseUrl } = await simulate(provider);
        const { key } = vendorOf(provider);
        let kept = `${key}x`;
        const made = reader(() => kept);
        const again = async (): Promise<Reading> => (await made.prepare(target(provider, { baseUrl }))).run(new AbortController().signal);
        await fails(again(), ['auth']);
        kept = key;
        assert.ok((await again()).usage.length > 0);
        kept = `${key}x`;
        await fails(again(), ['auth']);
      });

      it('R34: only asks, which uses nothing and begins no window', async () => {
        const { baseUrl, requests } = await simulate(provider);
        await read(target(provider, { baseUrl }), vendorOf(provider).key);
        assert.ok(requests.length > 0);
        assert.deepEqual(requests.filter(({ method, headers }) => method !== 'GET' || 'content-length' in headers || 'transfer-encoding' in headers), []);
      });

      it('keeps the key from addresses that are not its own', async () => {
        for (const baseUrl of ['http://example.invalid', `https://user@${new URL(provider.info.baseUrl ?? '').host}`, 'nonsense']) {
          await fails(read(target(provider, { baseUrl }), vendorOf(provider).key), ['changed']);
        }
      });

      it('R7: says of every number where it comes from', async () => {
        const { baseUrl } = await simulate(provider);
        const { meters, usage, totals } = await read(target(provider, { baseUrl }), vendorOf(provider).key);
        assert.ok(usage.length + meters.length > 0);
        assert.ok(meters.every(({ standing, provenance }) => standing === 'official' && provenance !== 'measured'));
        assert.ok([...usage.map(({ costProvenance }) => costProvenance), ...totals.map(({ provenance }) => provenance)].every(provenance => provenance === 'billed'));
        assert.ok(usage.every(({ costKind }) => costKind === 'spent'));
      });

      it('gives no cost and no tokens twice for a span', async () => {
        const { baseUrl } = await simulate(provider);
        const { usage } = await read(target(provider, { baseUrl }), vendorOf(provider).key);
        for (const part of ['cost', 'tokens'] as const) {
          const spans = usage.flatMap(({ source, buckets }) => buckets.filter(bucket => bucket[part] !== null).map(bucket => ({ ...bucket, source })));
          for (const [i, a] of spans.entries()) for (const b of spans.slice(i + 1)) {
            const overlap = a.startAt < b.startAt + b.spanMs && b.startAt < a.startAt + a.spanMs;
            assert.ok(!overlap || (a.source === b.source && a.startAt === b.startAt && a.spanMs === b.spanMs && (a.model !== b.model || a.project !== b.project)), JSON.stringify([a, b]));
          }
        }
      });

      for (const [jump, years] of [['back', -20], ['ahead', 50]] as const) {
        it(`outlives a clock that jumps ${jump}`, async () => {
          const { baseUrl } = await simulate(provider);
          const now = Date.now() + years * 365 * DAY_MS;
          const reading = await read(target(provider, { baseUrl }), vendorOf(provider).key, { ...systemClock, now: () => now });
          assert.equal(reading.takenAt, now);
        });
      }
    });
  }

  for (const provider of local) {
    describe(`on this machine: ${provider.info.name}`, () => {
      /** Lets file calls below some folders fail as without permission, which would not bind an administrator who runs the tests. */
      let restore = (): void => undefined;
      afterEach(() => restore());
      function deny(denied: (file: string) => boolean): void {
        const { openSync, readdirSync } = fs;
        const guarded = (call: (...args: never[]) => unknown) => (file: string, ...rest: never[]): unknown => {
          if (denied(String(file))) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
          return call(...[file as never, ...rest]);
        };
        Object.assign(fs, { openSync: guarded(openSync as never), readdirSync: guarded(readdirSync as never) });
        restore = () => void Object.assign(fs, { openSync, readdirSync });
      }
      const output = ({ usage }: Reading): number => usage.flatMap(({ buckets }) => buckets).reduce((sum, { tokens }) => sum + (tokens?.output ?? 0), 0);

      const tool = toolOf(provider);
      /** Writes a log with one response of each count. */
      const write = (place: TestHome, ...outputs: number[]): string =>
        'lines' in tool ? place.lines(tool.file, ...outputs.flatMap(output => tool.lines(output))) :
        'rows' in tool ? place.database(tool.file, outputs.flatMap(output => tool.rows(output))) : place.write(tool.file, JSON.stringify(tool.document(outputs[0] ?? 0)));

      it('counts a sound log', async () => {
        write(home, 7);
        assert.equal(output(await read(target(provider), null)), 7);
      });

      if ('lines' in tool) {
        it('passes over a line of 200 MB, and says so', async function () {
          this.timeout(60_000);
          const fd = fs.openSync(write(home, 7), 'a');
          fs.writeSync(fd, tool.begun);
          fs.ftruncateSync(fd, fs.fstatSync(fd).size + 200 * 2 ** 20); // zeros that take no room on the disk
          fs.writeSync(fd, `}}}\n${tool.lines(5).join('\n')}\n`);
          fs.closeSync(fd);
          const reading = await read(target(provider), null);
          assert.equal(output(reading), 12);
          assert.ok(reading.notes.some(note => /above \d+ MB/.test(note)), reading.notes.join(' '));
        });

        it('outlives broken UTF-8 and half a line', async () => {
          const { file, begun, lines } = tool;
          home.write(file, Buffer.concat([Buffer.from(`${begun} `), Buffer.from([0xff, 0xc3, 0x28, 0x0a, 0xf0, 0x9f, 0x0a]), Buffer.from(`${lines(7).join('\n')}\n${begun}`)]));
          assert.equal(output(await read(target(provider), null)), 7);
        });
      } else if ('rows' in tool) {
        it('outlives a database that is none, is cut, or has other tables', async () => {
          const whole = fs.readFileSync(write(home, 7));
          for (const bad of [Buffer.from('{"some": "json"}'), whole.subarray(0, 4096), Buffer.alloc(0), Buffer.alloc(8192)]) {
            home.write(tool.file, bad);
            assert.equal(output(await read(target(provider), null)), 0);
          }
          fs.rmSync(path.join(home.dir, tool.file));
          home.database(tool.file, ['CREATE TABLE other(a)', 'INSERT INTO other VALUES (1)']);
          assert.equal(output(await read(target(provider), null)), 0);
          fs.rmSync(path.join(home.dir, tool.file));
          write(home, 7);
          assert.equal(output(await read(target(provider), null)), 7);
        });
      } else {
        it('passes over a document of 200 MB, and says so', async () => {
          fs.truncateSync(write(home, 7), 200 * 2 ** 20);
          const reading = await read(target(provider), null);
          assert.equal(output(reading), 0);
          assert.ok(reading.notes.some(note => /above \d+ MB/.test(note)), reading.notes.join(' '));
        });

        it('outlives broken UTF-8, half a document and one of another form', async () => {
          const whole = JSON.stringify(tool.document(7));
          for (const bad of [Buffer.from([0xff, 0xc3, 0x28]), whole.slice(0, -1), '[]', '{}', 'null', '7', '[null,{"ts":{}}]']) {
            home.write(tool.file, bad);
            assert.equal(output(await read(target(provider), null)), 0);
          }
          home.write(tool.file, whole);
          assert.equal(output(await read(target(provider), null)), 7);
        });
      }

      it('R21: changes nothing of its tool, opens files only to read, and no credentials that lie above its logs', async () => {
        write(home, 7);
        const above = tool.file.split('/').slice(0, -2).map((_, i, names) => names.slice(0, i + 1).join('/')).filter(folder => !folder.endsWith('workspaceStorage')); // which holds folders alone
        const credentials = ['', ...above].flatMap(folder => ['auth.json', 'oauth_creds.json', '.credentials.json'].map(name => home.write(path.join(folder, name), '{"refresh_token":"canary"}')));
        const before = fingerprint(home.dir, home.stateDir);
        const opened: (readonly [file: string, flags: unknown])[] = [];
        const noting = (call: (...args: never[]) => unknown) => (file: unknown, ...rest: unknown[]): unknown => {
          opened.push([String(file), typeof rest[0] === 'object' ? undefined : rest[0]]);
          return call(...[file as never, ...rest as never[]]);
        };
        const [{ openSync, readFileSync }, { open: openAsync, readFile }] = [fs, fs.promises];
        Object.assign(fs, { openSync: noting(openSync as never), readFileSync: noting(readFileSync as never) });
        Object.assign(fs.promises, { open: noting(openAsync as never), readFile: noting(readFile as never) });
        restore = () => {
          Object.assign(fs, { openSync, readFileSync });
          Object.assign(fs.promises, { open: openAsync, readFile });
        };
        assert.equal(output(await read(target(provider), null)), 7);
        restore();
        const foreign = opened.filter(([file]) => file.startsWith(home.dir) && !file.startsWith(home.stateDir));
        assert.ok(foreign.some(([file]) => file.endsWith(path.basename(tool.file))), 'its log was not seen to be opened');
        assert.deepEqual(foreign.filter(([file, flags]) => credentials.includes(file) || ![undefined, 'r', fs.constants.O_RDONLY, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK].includes(flags as never)), []);
        assert.deepEqual(fingerprint(home.dir, home.stateDir), before);
      });

      it('R29: is found on this machine without listing a folder or opening a file', async () => {
        write(home, 7);
        const calls = { readdirSync: fs.readdirSync, opendirSync: fs.opendirSync, openSync: fs.openSync, readFileSync: fs.readFileSync };
        const asyncCalls = { readdir: fs.promises.readdir, opendir: fs.promises.opendir, open: fs.promises.open, readFile: fs.promises.readFile };
        const refused = (names: object): object => Object.fromEntries(Object.keys(names).map(name => [name, (place: unknown) => assert.fail(`${name} of ${String(place)}`)]));
        Object.assign(fs, refused(calls));
        Object.assign(fs.promises, refused(asyncCalls));
        restore = () => {
          Object.assign(fs, calls);
          Object.assign(fs.promises, asyncCalls);
        };
        const found = await detectTools([provider], [], home.machine);
        restore();
        const isLookedFor = tool.chosen === undefined && provider.logs?.signs === undefined;
        assert.deepEqual(found.map(({ providerId }) => providerId), isLookedFor ? [provider.info.id] : []);
      });

      it('fails as unreadable, with the rest unharmed, where a folder may not be read', async () => {
        const other = new TestHome();
        open.push({ close: () => other.remove() });
        for (const place of [home, other]) write(place, 7);
        deny(path => path.startsWith(home.dir) && path.includes(`/${tool.root}`));
        const error = await fails(read(target(provider), null), ['unreadable']);
        assert.equal(error.retryAfterMs, null);
        assert.equal(output(await read(target(provider, { home: tool.chosen === undefined ? other.dir : `${other.dir}/${tool.chosen}` }, 'two'), null)), 7);
      });

      it('R35: fails as unreadable where there is no folder, instead of waiting for ever', async () => {
        await fails(read(target(provider, { home: `${home.dir}/gone` }), null), ['unreadable']);
      });

      for (const [jump, years] of [['back', -20], ['ahead', 50]] as const) {
        it(`outlives a clock that jumps ${jump}`, async () => {
          write(home, 7);
          const now = Date.now() + years * 365 * DAY_MS;
          assert.equal(output(await read(target(provider), null, { ...systemClock, now: () => now })), 7);
        });
      }
    });
  }
});
