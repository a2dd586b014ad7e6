import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DAY_MS, systemClock } from '../../../src/core/time';
import { Receiver, type ReceiverOptions } from '../../../src/engine/otlp/receiver';
import { MAX_BODY_BYTES } from '../../../src/engine/otlp/request';
import { FakeClock, settle } from '../../support/fakeClock';
import { useTempDir } from '../../support/tempDir';
import { claudeEvent, codexEvent, copilotSpan, geminiEvent, post, toJson, toProtobuf } from './sent';

const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' };

describe('the telemetry receiver', () => {
  const dir = useTempDir();
  const receivers: Receiver[] = [];
  let logged: string[];
  beforeEach(() => { logged = []; });
  afterEach(() => { for (const receiver of receivers.splice(0)) receiver.dispose(); });

  function make(more: Partial<ReceiverOptions> = {}): Receiver {
    const receiver = new Receiver({ dir: `${dir()}/otlp`, clock: systemClock, guard: () => undefined, log: (_, message) => { logged.push(message); }, ...more });
    receivers.push(receiver);
    return receiver;
  }
  const until = async (what: () => boolean): Promise<void> => { while (!what()) await settle(); };
  async function listening(more: Partial<ReceiverOptions> = {}): Promise<{ receiver: Receiver; port: number; token: string; key: { 'x-token': string } }> {
    const receiver = make(more);
    receiver.configure(0);
    await until(() => receiver.port !== null);
    const token = readFileSync(`${dir()}/otlp/token`, 'utf8');
    return { receiver, port: receiver.port ?? 0, token, key: { 'x-token': token } };
  }
  /** The lines that were written down for a provider, as they were parsed. */
  function lines(id: string): { [field: string]: unknown }[] {
    const folder = `${dir()}/otlp/${id}`;
    if (!existsSync(folder)) return [];
    return readdirSync(folder).flatMap(name => readFileSync(path.join(folder, name), 'utf8').split('\n').filter(line => line !== '').map(line => JSON.parse(line) as { [field: string]: unknown }));
  }

  const told = [
    ['claude-telemetry', 'logs', 'claude-code', [claudeEvent('r1')], { id: 'r1', model: 'claude-opus-5', session: 's1', tier: null, input: 10, cacheRead: 30, cacheWrite: 40, output: 20, reasoning: 0, costMicros: 125_000 }],
    ['codex-telemetry', 'logs', 'codex_cli_rs', [codexEvent()], { model: 'gpt-5.6', session: 'c1', tier: null, input: 40, cacheRead: 60, cacheWrite: 0, output: 20, reasoning: 5, costMicros: null }],
    ['gemini-telemetry', 'logs', 'gemini-cli', [geminiEvent], { model: 'gemini-3-pro', session: 'g1', tier: null, input: 47, cacheRead: 60, cacheWrite: 0, output: 25, reasoning: 5, costMicros: null }],
    ['copilot-telemetry', 'traces', 'copilot-chat', [copilotSpan('b7ad6b7169203331')], { id: '0af7651916cd43dd8448eb211c80319c b7ad6b7169203331', model: 'gpt-5', session: 'v1', tier: null, input: 30, cacheRead: 60, cacheWrite: 10, output: 20, reasoning: 5, costMicros: null }],
  ] as const;
  for (const [provider, signal, service, records, expected] of told) {
    for (const [form, headers, encode] of [['JSON', JSON_TYPE, toJson], ['protobuf', PROTOBUF_TYPE, toProtobuf]] as const) {
      it(`keeps what ${provider} tells in ${form}, before it says yes`, async () => {
        const { port, key } = await listening();
        const answer = await post(port, `/v1/${signal}`, { ...headers, ...key }, encode(signal, service, records));
        assert.deepEqual(answer, form === 'JSON' ? { status: 200, text: '{}', type: 'application/json' } : { status: 200, text: '', type: 'application/x-protobuf' });
        const [line] = lines(provider);
        assert.deepEqual({ ...line, ...(provider === 'codex-telemetry' || provider === 'gemini-telemetry' ? { id: undefined } : {}) }, { id: undefined, at: Date.UTC(2026, 9, 31, 11), ...expected });
      });
    }
  }

  it('gives an event one id in both forms, and when it is sent again', async () => {
    const { port, key } = await listening();
    for (const record of [codexEvent(), codexEvent()]) {
      await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, toJson('logs', 'codex', [record]));
      await post(port, '/v1/logs', { ...PROTOBUF_TYPE, ...key }, toProtobuf('logs', 'codex', [record]));
    }
    await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, toJson('logs', 'codex', [codexEvent(Date.UTC(2026, 9, 31, 11, 0, 1))]));
    const ids = lines('codex-telemetry').map(({ id }) => id);
    assert.equal(ids.length, 5);
    assert.equal(new Set(ids).size, 2);
  });

  it('tells events of one instant apart', async () => {
    const { port, key } = await listening();
    const nameless = (sequence: number) => claudeEvent('', { request_id: '', 'event.sequence': sequence });
    await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, toJson('logs', 'claude-code', [nameless(1), nameless(2), nameless(2)]));
    assert.equal(new Set(lines('claude-telemetry').map(({ id }) => id)).size, 2);
    await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, toJson('logs', 'codex', [codexEvent(), codexEvent(undefined, { output_token_count: 21 }), codexEvent(undefined, { 'conversation.id': 'c2' })]));
    assert.equal(new Set(lines('codex-telemetry').map(({ id }) => id)).size, 3);
  });

  it('counts none of what repeats a response or is another tool\'s', async () => {
    const { port, key } = await listening();
    const send = (signal: 'logs' | 'traces', service: string, records: Parameters<typeof toJson>[2]) => post(port, `/v1/${signal}`, { ...JSON_TYPE, ...key }, toJson(signal, service, records));
    await send('traces', 'copilot-chat', [copilotSpan('01', 'invoke_agent'), copilotSpan('02', 'execute_tool')]);
    await send('traces', 'github-copilot', [copilotSpan('03')]);
    await send('traces', 'claude-code', [{ ...claudeEvent('r1'), traceId: '04', spanId: '05' }]);
    await send('logs', 'codex', [codexEvent(undefined, { 'event.kind': 'response.created' }), codexEvent(undefined, { input_token_count: 0, output_token_count: 0, cached_token_count: 0 })]);
    await send('logs', 'other', [{ ...claudeEvent('r2'), body: 'x' }]);
    await send('logs', 'gemini-cli', [{ ...geminiEvent, attributes: { ...geminiEvent.attributes, 'event.name': 'gen_ai.client.inference.operation.details' } }]);
    assert.deepEqual(readdirSync(`${dir()}/otlp`).sort(), ['setup.md', 'token']);
  });

  it('reads counts and costs that are sent as texts, and leaves out what cannot be', async () => {
    const { port, key } = await listening();
    const texts = claudeEvent('r1', { input_tokens: '10', cost_usd: '0.5', speed: 'fast' });
    const wrong = [claudeEvent('r2', { input_tokens: -1 }), claudeEvent('r3', { output_tokens: 'many' }), { ...claudeEvent('r4', { 'event.timestamp': 'now' }), at: 5 }];
    await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, toJson('logs', 'claude-code', [texts, ...wrong]));
    assert.deepEqual(lines('claude-telemetry').map(({ id, input, costMicros, tier }) => [id, input, costMicros, tier]), [['r1', 10, 500_000, 'fast']]);
    assert.match(logged.join('\n'), /3 responses .* not counted/);
  });

  it('keeps no prompt and no answer', async () => {
    const { port, key } = await listening();
    const secret = { prompt: 'canary-prompt', response: 'canary-answer', 'user.email': 'canary@example.com' };
    for (const [headers, encode] of [[JSON_TYPE, toJson], [PROTOBUF_TYPE, toProtobuf]] as const) {
      await post(port, '/v1/logs', { ...headers, ...key }, encode('logs', 'claude-code', [claudeEvent('r1', secret), { ...claudeEvent('r2', secret), body: 'canary body' }, { ...geminiEvent, body: 'canary body' }]));
    }
    const all = readdirSync(dir(), { recursive: true, withFileTypes: true }).filter(each => each.isFile()).map(each => readFileSync(path.join(each.parentPath, each.name), 'utf8')).join('\n');
    assert.ok(all.includes('"r1"') && all.includes('gemini-3-pro'));
    assert.ok(!`${all}${logged.join('\n')}`.includes('canary'));
  });

  it('unpacks gzip', async () => {
    const { port, key } = await listening();
    const answer = await post(port, '/v1/logs', { ...PROTOBUF_TYPE, ...key, 'content-encoding': 'gzip' }, gzipSync(toProtobuf('logs', 'claude-code', [claudeEvent('r1')])));
    assert.equal(answer.status, 200);
    assert.equal(lines('claude-telemetry').length, 1);
  });

  it('takes the token in the path too', async () => {
    const { port, token } = await listening();
    assert.equal((await post(port, `/${token}/v1/logs`, { ...JSON_TYPE, host: `localhost:${port}` }, toJson('logs', 'claude-code', [claudeEvent('r1')]))).status, 200);
    assert.equal(lines('claude-telemetry').length, 1);
  });

  const body = toJson('logs', 'claude-code', [claudeEvent('r1')]);
  const refused: readonly (readonly [string, number, (own: { port: number; token: string }) => Parameters<typeof post>])[] = [
    ['a wrong token', 401, ({ port }) => [port, '/v1/logs', { ...JSON_TYPE, 'x-token': '0'.repeat(32) }, body]],
    ['no token', 401, ({ port }) => [port, '/v1/logs', JSON_TYPE, body]],
    ['a wrong token in the path beside a right one', 401, ({ port, token }) => [port, '/0/v1/logs', { ...JSON_TYPE, 'x-token': token }, body]],
    ['an origin', 403, ({ port, token }) => [port, '/v1/logs', { ...JSON_TYPE, 'x-token': token, origin: 'http://127.0.0.1' }, body]],
    ['a foreign host', 403, ({ port, token }) => [port, '/v1/logs', { ...JSON_TYPE, 'x-token': token, host: `rebound.example:${port}` }, body]],
    ['another path', 404, ({ port, token }) => [port, '/v1/profiles', { ...JSON_TYPE, 'x-token': token }, body]],
    ['another method', 405, ({ port, token }) => [port, '/v1/logs', { ...JSON_TYPE, 'x-token': token }, body, 'PUT']],
    ['another form', 415, ({ port, token }) => [port, '/v1/logs', { 'content-type': 'text/plain', 'x-token': token }, body]],
    ['another encoding', 415, ({ port, token }) => [port, '/v1/logs', { ...JSON_TYPE, 'x-token': token, 'content-encoding': 'br' }, body]],
    ['a body that is too large', 413, ({ port, token }) => [port, '/v1/logs', { ...JSON_TYPE, 'x-token': token }, Buffer.alloc(MAX_BODY_BYTES + 1, 32)]],
    ['a body that is too large and does not say so', 413, ({ port, token }) => [port, '/v1/logs', { ...JSON_TYPE, 'x-token': token, 'transfer-encoding': 'chunked' }, Buffer.alloc(2 * MAX_BODY_BYTES, 32)]],
    ['what unpacks to too much', 413, ({ port, token }) => [port, '/v1/logs', { ...JSON_TYPE, 'x-token': token, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(17 * 1024 * 1024, 32))]],
    ['no gzip', 400, ({ port, token }) => [port, '/v1/logs', { ...JSON_TYPE, 'x-token': token, 'content-encoding': 'gzip' }, body]],
    ['no JSON', 400, ({ port, token }) => [port, '/v1/logs', { ...JSON_TYPE, 'x-token': token }, body.subarray(1)]],
    ['no protobuf', 400, ({ port, token }) => [port, '/v1/logs', { ...PROTOBUF_TYPE, 'x-token': token }, Buffer.from([10, 200, 1])]],
  ];
  for (const [what, status, request] of refused) {
    it(`refuses ${what}`, async () => {
      const own = await listening();
      const answer = await post(...request(own));
      assert.equal(answer.status, status);
      assert.match(answer.text, /^[A-Z][^\n]+\.\n$/, 'a sentence');
      assert.ok(!answer.text.includes(own.token));
      assert.deepEqual(lines('claude-telemetry'), []);
    });
  }

  it('tells no page of another origin that it may ask', async () => {
    const { port } = await listening();
    const socket = connect(port, '127.0.0.1');
    socket.end(`OPTIONS /v1/logs HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://page.example\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n`);
    let answer = '';
    for await (const piece of socket) answer += String(piece);
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.doesNotMatch(answer, /access-control/i);
  });

  it('ends connections that say nothing, or half of what they announced, and goes on', async () => {
    const { port, token, key } = await listening({ requestMs: 200 });
    const halves = ['', 'POST /v1/logs HT', `POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Token: ${token}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"resource`];
    await Promise.all(halves.map(async half => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(half);
      socket.resume();
      await new Promise(resolve => socket.once('close', resolve));
    }));
    assert.equal((await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, body)).status, 200);
    assert.equal(lines('claude-telemetry').length, 1);
  });

  it('begins a new line behind one that a crash cut off', async () => {
    const { port, key } = await listening({ clock: new FakeClock() });
    mkdirSync(`${dir()}/otlp/claude-telemetry`);
    appendFileSync(`${dir()}/otlp/claude-telemetry/2026-10-31.jsonl`, '{"id":"cut');
    await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, body);
    assert.match(readFileSync(`${dir()}/otlp/claude-telemetry/2026-10-31.jsonl`, 'utf8'), /^\{"id":"cut\n\{"id":"r1".*\}\n$/);
  });

  it('asks to be told again what it could not keep', async () => {
    const { port, key } = await listening();
    writeFileSync(`${dir()}/otlp/claude-telemetry`, 'in the way');
    assert.equal((await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, body)).status, 503);
  });

  it('writes nothing once another process has taken over', async () => {
    const { port, key } = await listening({ guard: () => { throw new Error('taken over'); } });
    assert.equal((await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, body)).status, 503);
    assert.deepEqual(lines('claude-telemetry'), []);
  });

  /** Files of a tool from before today, 2026-10-31. */
  function earlier(id: string, ...names: readonly string[]): void {
    mkdirSync(`${dir()}/otlp/${id}`, { recursive: true });
    for (const name of names) writeFileSync(`${dir()}/otlp/${id}/${name}`, '');
  }
  const files = (id: string): readonly string[] => readdirSync(`${dir()}/otlp/${id}`).sort();

  it('keeps ninety days of every tool, also of one that sends nothing any more, and looks once a day', async () => {
    const clock = new FakeClock();
    const { port, key } = await listening({ clock });
    earlier('claude-telemetry', '2026-08-02.jsonl', '2026-08-03.jsonl');
    earlier('codex-telemetry', '2026-08-02.jsonl', '2026-08-03.jsonl');
    await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, body);
    await settle();
    assert.deepEqual(files('codex-telemetry'), ['2026-08-02.jsonl', '2026-08-03.jsonl'], 'it has looked on this day');
    clock.jump(DAY_MS);
    await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, body);
    await until(() => files('codex-telemetry').length === 1);
    assert.deepEqual(files('codex-telemetry'), ['2026-08-03.jsonl']);
    assert.deepEqual(files('claude-telemetry'), ['2026-08-03.jsonl', '2026-10-31.jsonl', '2026-11-01.jsonl']);
  });

  it('deletes what is too old when the engine starts, though nothing is received, and no file of others', async () => {
    earlier('claude-telemetry', '2020-01-01.jsonl', '2020-01-01.jsonl.bak', 'notes.txt', '2026-08-03.jsonl');
    earlier('codex-telemetry', '2026-08-01.jsonl');
    mkdirSync(`${dir()}/otlp/codex-telemetry/2020-01-02.jsonl`);
    writeFileSync(`${dir()}/otlp/2020-01-01.jsonl`, '');
    make({ clock: new FakeClock() }).configure(null);
    await until(() => files('codex-telemetry').length === 1);
    assert.deepEqual(files('claude-telemetry'), ['2020-01-01.jsonl.bak', '2026-08-03.jsonl', 'notes.txt']);
    assert.deepEqual([files('codex-telemetry'), existsSync(`${dir()}/otlp/2020-01-01.jsonl`)], [['2020-01-02.jsonl'], true]);
    assert.deepEqual(logged, []);
  });

  it('deletes nothing once another process has taken over', async () => {
    earlier('claude-telemetry', '2020-01-01.jsonl');
    make({ guard: () => { throw new Error('taken over'); } }).configure(null);
    await until(() => logged.length > 0);
    assert.deepEqual([files('claude-telemetry'), logged], [['2020-01-01.jsonl'], ['Telemetry that is too old could not be deleted: taken over.']]);
  });

  it('lets nobody else see its token, keeps it, and tells how to use it', async () => {
    const first = await listening();
    first.receiver.dispose();
    const second = await listening();
    assert.match(second.token, /^[0-9a-f]{32}$/);
    assert.equal(second.token, first.token);
    const guide = readFileSync(`${dir()}/otlp/setup.md`, 'utf8');
    assert.ok(guide.includes(second.token) && guide.includes(`http://127.0.0.1:${second.port}/v1/logs`));
    if (process.platform !== 'win32') for (const name of ['token', 'setup.md']) assert.equal(statSync(`${dir()}/otlp/${name}`).mode & 0o777, 0o600);
    assert.ok(!logged.join('\n').includes(second.token));
  });

  it('says that Claude Code\'s metrics alone are not counted, and takes them', async () => {
    const { receiver, port, key } = await listening();
    assert.equal((await post(port, '/v1/metrics', { ...JSON_TYPE, ...key }, Buffer.from('{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"claude_code.token.usage"}]}]}]}'))).status, 200);
    assert.match(receiver.noteFor('claude-telemetry') ?? '', /metrics, which are not counted: set OTEL_LOGS_EXPORTER=otlp/);
    assert.equal(receiver.noteFor('codex-telemetry'), null);
    await post(port, '/v1/logs', { ...JSON_TYPE, ...key }, body);
    assert.equal(receiver.noteFor('claude-telemetry'), null);
  });

  it('says so when another program has the port, takes no other one, and tries again', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const clock = new FakeClock();
    const receiver = make({ clock });
    receiver.configure(port);
    await until(() => logged.length > 0);
    assert.deepEqual(logged, [`No telemetry is received: another program listens on port ${port}.`]);
    assert.equal(receiver.noteFor('codex-telemetry'), logged[0]);
    assert.equal(receiver.port, null);
    await new Promise(resolve => other.close(resolve));
    await clock.advance(30_000);
    await until(() => receiver.port !== null);
    assert.equal(receiver.port, port);
    assert.equal(receiver.noteFor('codex-telemetry'), null);
  });

  it('opens no port before it is told to, and closes it when it is told to', async () => {
    const receiver = make();
    receiver.configure(null);
    await settle();
    assert.equal(existsSync(`${dir()}/otlp`), false);
    assert.match(receiver.noteFor('codex-telemetry') ?? '', /quotaMonitor\.otlp\.enabled is off/);
    receiver.configure(0);
    await until(() => receiver.port !== null);
    const port = receiver.port ?? 0;
    receiver.configure(null);
    await assert.rejects(post(port, '/v1/logs', JSON_TYPE, body), { code: 'ECONNREFUSED' });
  });

  it('does not begin to listen once it is disposed of', async () => {
    const [begun, idle] = [make(), make()];
    begun.configure(0);
    begun.dispose();
    idle.dispose();
    idle.configure(0);
    await listening(); // by then they would, too
    for (let i = 0; i < 20; i++) await settle();
    assert.deepEqual([begun.port, idle.port], [null, null]);
  });

  it('is reached through loopback alone', async function () {
    if (process.platform !== 'linux') this.skip(); // elsewhere loopback has one address
    const { port } = await listening();
    const socket = connect(port, '127.0.0.2');
    await assert.rejects(new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject)), { code: 'ECONNREFUSED' });
  });
});
