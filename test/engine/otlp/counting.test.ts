/** Telemetry all the way: sent over HTTP, read by the engine, counted in its history. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Account } from '../../../src/core/account';
import { defaultEngineSettings } from '../../../src/core/settings';
import { systemClock } from '../../../src/core/time';
import type { Engine } from '../../../src/engine/engine';
import { Receiver } from '../../../src/engine/otlp/receiver';
import { claude } from '../../../src/providers/claude';
import { claudeTelemetry, codexTelemetry, copilotTelemetry } from '../../../src/providers/telemetry';
import { useRig } from '../../support/engineRig';
import { settle } from '../../support/fakeClock';
import { useTempDir } from '../../support/tempDir';
import { claudeLine } from '../logs/rig';
import { AT, claudeEvent, codexEvent, copilotSpan, post, toJson } from './sent';

const telemetry: Account = { id: 'sent', providerId: 'claude-telemetry', alias: 'Sent', options: {}, createdAt: 0 };
const logs: Account = { id: 'read', providerId: 'claude', alias: 'Read', options: {}, createdAt: 0 };
const providers = [claude, claudeTelemetry, codexTelemetry, copilotTelemetry];

describe('usage from telemetry', () => {
  const rig = useRig();
  const dir = useTempDir();
  let receiver: Receiver;

  async function start(accounts: readonly Account[], otlpPort: number | null = 0): Promise<Engine> {
    const machine = { ...rig().machine, home: `${dir()}/home`, telemetryDir: `${dir()}/state/otlp` };
    receiver = new Receiver({ dir: machine.telemetryDir, clock: systemClock, guard: () => undefined, log: () => undefined });
    // The setting knows no port 0, which stands here for any that is free.
    const engine = await rig().start(`${dir()}/state`, providers, accounts, { otlpPort }, { machine, receiver });
    if (otlpPort !== null) while (receiver.port === null) await settle();
    return engine;
  }
  async function send(records: Parameters<typeof toJson>[2], service = 'claude-code', signal: 'logs' | 'traces' = 'logs'): Promise<void> {
    const headers = { 'content-type': 'application/json', 'x-token': readFileSync(`${dir()}/state/otlp/token`, 'utf8') };
    assert.equal((await post(receiver.port ?? 0, `/v1/${signal}`, headers, toJson(signal, service, records))).status, 200);
  }
  /** Lets an account's floor pass, and reads it. */
  async function read(engine: Engine, id: string): Promise<void> {
    rig().clock.jump(61_000);
    await engine.refresh(id);
  }
  const addLogs = (engine: Engine): Account => engine.add({ accountId: 'read', draft: { providerId: 'claude', alias: 'Read', options: {} } });
  /** Of all accounts together; micro-dollars. */
  function total(engine: Engine): { requests: number; tokens: number; micros: number } {
    const { rows } = engine.usage({ days: 30 });
    const sum = (part: (row: (typeof rows)[number]) => number | null | undefined): number => rows.reduce((all, row) => all + (part(row) ?? 0), 0);
    return { requests: sum(row => row.requests), tokens: sum(row => row.tokens), micros: sum(row => row.cost?.micros) };
  }
  const notes = (engine: Engine, id: string): readonly string[] => engine.snapshot().accounts.find(account => account.id === id)?.notes ?? [];
  function writeLog(): void {
    mkdirSync(`${dir()}/home/.claude/projects/p`, { recursive: true });
    writeFileSync(`${dir()}/home/.claude/projects/p/a.jsonl`, `${claudeLine({ id: 'msg_1', request: 'r1', input: 10, read: 30, write: 40, output: 20, at: new Date(AT).toISOString() })}\n`);
  }

  it('that is not received is a matter of its own accounts alone', async () => {
    writeLog();
    const engine = await start([telemetry, logs]);
    await send([claudeEvent('r1')]);
    engine.configure({ ...defaultEngineSettings, otlpPort: null });
    await read(engine, 'sent');
    await read(engine, 'read');
    assert.match(notes(engine, 'sent').join(), /No telemetry is received/);
    assert.doesNotMatch(notes(engine, 'read').join(), /telemetry/);
  });

  it('is counted once, with the cost that the tool tells, however often it is sent', async () => {
    const engine = await start([telemetry]);
    await send([claudeEvent('r1'), claudeEvent('r2')]);
    await send([claudeEvent('r1'), claudeEvent('r2')]);
    await read(engine, 'sent');
    await send([claudeEvent('r1')]);
    await read(engine, 'sent');
    assert.deepEqual(total(engine), { requests: 2, tokens: 200, micros: 250_000 });
    const [account] = engine.snapshot().accounts;
    assert.equal(account?.failure, null);
    assert.deepEqual(account.month?.costProvenance, 'reported');
    assert.deepEqual(account.notes, []);
  });

  it('outlives the engine', async () => {
    const first = await start([telemetry]);
    await send([claudeEvent('r1')]);
    first.dispose();
    const second = await start([telemetry]);
    await send([claudeEvent('r1'), claudeEvent('r2')]);
    await read(second, 'sent');
    assert.equal(total(second).requests, 2);
  });

  it('is never counted twice with the logs, when the account of the logs comes second', async () => {
    writeLog();
    const engine = await start([telemetry]);
    await send([claudeEvent('r1'), claudeEvent('r2')]);
    await read(engine, 'sent');
    assert.equal(total(engine).requests, 2);
    addLogs(engine);
    assert.equal(total(engine).requests, 0, 'at once, whichever of the two is read next');
    assert.match(notes(engine, 'sent')[0] ?? '', /^Not counted here: Claude Code counts the same usage/);
    await read(engine, 'read');
    assert.equal(total(engine).requests, 1);
    await send([claudeEvent('r3')]);
    await read(engine, 'sent');
    assert.equal(total(engine).requests, 1);
    assert.match(notes(engine, 'sent')[0] ?? '', /^Not counted here: Claude Code counts the same usage/);
  });

  it('is never counted twice with the logs, when the account of the logs was first', async () => {
    writeLog();
    const engine = await start([logs]);
    await send([claudeEvent('r1'), claudeEvent('r2')]);
    await read(engine, 'read');
    engine.add({ accountId: 'sent', draft: { providerId: 'claude-telemetry', alias: 'Sent', options: {} } });
    await read(engine, 'sent');
    assert.equal(total(engine).requests, 1);
    assert.match(notes(engine, 'sent')[0] ?? '', /^Not counted here: Claude Code counts the same usage/);
  });

  it('is not counted by a read that began before the account of the logs came', async () => {
    const engine = await start([telemetry]);
    await send([claudeEvent('r1')]);
    rig().clock.jump(61_000);
    const reading = engine.refresh('sent');
    addLogs(engine);
    await reading;
    assert.equal(total(engine).requests, 0);
  });

  it('counts all of it again once the account of the logs is gone, also after a restart', async () => {
    writeLog();
    const engine = await start([telemetry]);
    await send([claudeEvent('r1'), claudeEvent('r2')]);
    await read(engine, 'sent');
    addLogs(engine);
    await read(engine, 'read');
    await read(engine, 'sent');
    engine.dispose();
    const next = await start([]);
    await read(next, 'sent');
    assert.equal(total(next).requests, 1);
    await next.remove({ accountId: 'read', forget: true });
    await read(next, 'sent');
    assert.equal(total(next).requests, 2);
    assert.deepEqual(notes(next, 'sent'), []);
  });

  it('of other tools counts beside an account of Claude Code\'s logs', async () => {
    const engine = await start([logs, { ...telemetry, id: 'codex', providerId: 'codex-telemetry' }, { ...telemetry, id: 'copilot', providerId: 'copilot-telemetry' }]);
    await send([codexEvent()], 'codex_cli_rs');
    await send([copilotSpan('b7ad6b7169203331'), copilotSpan('b7ad6b7169203332')], 'copilot-chat', 'traces');
    await read(engine, 'codex');
    await read(engine, 'copilot');
    assert.equal(total(engine).requests, 3);
  });

  it('is offered as an account once there is some that would count', async () => {
    const engine = await start([]);
    assert.deepEqual((await engine.detect()).tools, []);
    await send([claudeEvent('r1')]);
    assert.deepEqual((await engine.detect()).tools.map(({ providerId }) => providerId), ['claude-telemetry']);
    addLogs(engine);
    assert.deepEqual((await engine.detect()).tools, []);
  });

  it('is received by nobody unless it is turned on, and the account says so', async () => {
    mkdirSync(`${dir()}/state/otlp/claude-telemetry`, { recursive: true });
    const engine = await start([telemetry], null);
    await read(engine, 'sent');
    assert.equal(receiver.port, null);
    assert.equal(existsSync(`${dir()}/state/otlp/token`), false);
    assert.match(notes(engine, 'sent')[0] ?? '', /quotaMonitor\.otlp\.enabled is off/);
  });

  it('is received by nobody once the engine has ended, as when another window takes over', async () => {
    const engine = await start([telemetry]);
    const port = receiver.port ?? 0;
    engine.dispose();
    await assert.rejects(post(port, '/v1/logs', {}, Buffer.alloc(0)), { code: 'ECONNREFUSED' });
  });

  it('is no more received when the setting is turned off', async () => {
    const engine = await start([telemetry]);
    const port = receiver.port ?? 0;
    engine.configure({ ...defaultEngineSettings, otlpPort: null });
    await assert.rejects(post(port, '/v1/logs', {}, Buffer.alloc(0)), { code: 'ECONNREFUSED' });
  });

  it('is deleted with all else, and goes on with a new token', async () => {
    const engine = await start([telemetry]);
    await send([claudeEvent('r1')]);
    const before = readFileSync(`${dir()}/state/otlp/token`, 'utf8');
    assert.deepEqual(await engine.tools.purge({ task: 't', backups: false }), { left: [] });
    assert.equal(existsSync(`${dir()}/state/otlp/claude-telemetry`), false);
    while (receiver.port === null) await settle();
    assert.notEqual(readFileSync(`${dir()}/state/otlp/token`, 'utf8'), before);
    await send([claudeEvent('r2')]);
  });
});
