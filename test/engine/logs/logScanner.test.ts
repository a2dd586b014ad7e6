import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { PriceTable } from '../../../src/core/pricing';
import { LogStore } from '../../../src/engine/logs/logStore';
import { claude } from '../../../src/providers/claude';
import { codex } from '../../../src/providers/codex';
import { claudeLine, codexLine, TestHome, total } from './rig';

const session = (name: string): string => `.claude/projects/-home-dev-app/${name}.jsonl`;
const rollout = (name: string): string => `.codex/sessions/2026/10/31/rollout-${name}.jsonl`;
const prices = new PriceTable({ source: 't', date: '2026-01-01', models: [{ names: ['claude-sonnet-4-5'], lists: [{ from: null, input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6 }] }] });

describe('LogScanner', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  describe('counting', () => {
    it('R5: counts the lines of one response once, with its final figures', async () => {
      home.lines(session('a'), claudeLine({ output: 1 }), claudeLine({ output: 3 }), claudeLine({ output: 412 }));
      assert.deepEqual(total((await home.scan(claude)).report), { input: 10, cacheRead: 0, cacheWrite: 0, output: 412, reasoning: 0, requests: 1 });
    });

    it('R1: counts a response once that stands in the files of several sessions and folders', async () => {
      const copy = [claudeLine(), claudeLine({ id: 'msg_2', output: 7 })];
      home.lines(session('a'), ...copy);
      home.lines(session('b'), ...copy, claudeLine({ id: 'msg_3', output: 1 }));
      home.lines(session('b/subagents/agent-1'), claudeLine({ request: 'another' }), claudeLine({ request: null }));
      home.lines('.config/claude/projects/x/a.jsonl', ...copy);
      const { output, requests } = total((await home.scan(claude)).report);
      assert.deepEqual([output, requests], [108, 3]);
    });

    it('R2: gives the same totals by hour, by model and by project', async () => {
      home.lines(session('a'), ...[1, 2, 3, 4, 5, 6].flatMap(i => {
        const line = claudeLine({ id: `msg_${i}`, at: `2026-10-31T1${i}:00:00Z`, model: `m${i % 2}`, cwd: `/p${i % 3}`, output: i });
        return [line, line];
      }));
      const { buckets } = (await home.scan(claude)).report;
      const by = (key: 'startAt' | 'model' | 'project'): number[] =>
        [...new Set(buckets.map(bucket => bucket[key]))].map(value => total({ ...reportOf, buckets: buckets.filter(bucket => bucket[key] === value) }).output);
      assert.deepEqual([by('startAt'), by('model').sort(), by('project').sort()], [[1, 2, 3, 4, 5, 6], [12, 9], [5, 7, 9]]);
      assert.ok(['startAt', 'model', 'project'].every(key => by(key as 'model').reduce((a, b) => a + b) === 21));
    });

    it('R3: counts a parent\'s history once that forks and spawned threads repeat', async () => {
      const { meta, turn, tokens } = codexLine;
      const t = (second: number, ms = 0): string => new Date(Date.UTC(2026, 9, 31, 10, 0, second, ms)).toISOString();
      const history = [turn(t(1)), tokens(t(2), [1000, 0, 10, 0], null), tokens(t(3), [3000, 0, 30, 0], null)];
      home.lines(rollout('parent'), meta(t(0)), ...history);
      home.lines(rollout('fork'), meta(t(30), { id: 'f', forked_from_id: 'session-1' }), ...history, tokens(t(40), [4000, 0, 40, 0], null));
      home.lines(rollout('spawned'), meta(t(50), { id: 's', source: { subagent: {} } }), tokens(t(50, 1), [1000, 0, 10, 0], null), tokens(t(50, 2), [3000, 0, 30, 0], null), tokens(t(58), [3500, 0, 35, 0], null));
      // A fork of the spawned thread copies that thread's replay too.
      home.lines(rollout('fork-of-spawned'), meta(t(59), { id: 'g', forked_from_id: 's' }), tokens(t(50, 1), [1000, 0, 10, 0], null), tokens(t(50, 2), [3000, 0, 30, 0], null), tokens(t(58), [3500, 0, 35, 0], null));
      home.lines('.codex/archived_sessions/rollout-parent.jsonl', meta(t(0)), ...history);
      const { input, output, requests } = total((await home.scan(codex)).report);
      assert.deepEqual([input, output, requests], [4500, 45, 4]);
    });

    it('R3: leaves a parent what a fork has copied as it was, also one of the same second, and one whose turns tell whose they are', async () => {
      const { meta, turn, event, tokens } = codexLine;
      const t = (second: number, ms = 0): string => new Date(Date.UTC(2026, 9, 31, 10, 0, second, ms)).toISOString();
      const started = (second: number): string => event(t(second), { type: 'task_started', turn_id: 'x', started_at: Date.UTC(2026, 9, 31, 10, 0, second) / 1000 });
      const history = [started(1), turn(t(1)), tokens(t(2), [1000, 0, 10, 0], null), tokens(t(3, 100), [3000, 0, 30, 0], null)];
      home.lines(rollout('parent'), meta(t(0)), ...history);
      home.lines(rollout('fork'), meta(t(3, 600), { id: 'f', forked_from_id: 'session-1' }), ...history.slice(1), tokens(t(40), [4000, 0, 40, 0], null));
      home.lines(rollout('later-fork'), meta(t(50), { id: 'g', forked_from_id: 'session-1' }), ...history, started(51), turn(t(51)), tokens(t(58), [3500, 0, 35, 0], null));
      home.lines(rollout('spawned'), meta(t(50), { id: 's', source: { subagent: {} } }), ...history, started(61), tokens(t(68), [3200, 0, 32, 0], null));
      const { input, output, requests } = total((await home.scan(codex)).report);
      assert.deepEqual([input, output, requests], [4700, 47, 5]);
    });

    it('R4: counts nothing of re-sent totals, over restarts too', async () => {
      const { meta, turn, tokens } = codexLine;
      const again = tokens('2026-10-31T10:00:02Z', [1000, 0, 10, 0], [1000, 0, 10, 0]);
      home.lines(rollout('a'), meta('2026-10-31T10:00:00Z'), turn('2026-10-31T10:00:01Z'), again, again);
      await home.scan(codex, { stateDir: home.stateDir });
      home.append(rollout('a'), `${tokens('2026-10-31T10:00:09Z', [1000, 0, 10, 0], [1000, 0, 10, 0])}\n`);
      assert.equal(total((await home.scan(codex, { stateDir: home.stateDir })).report).input, 1000);
    });

    it('R11: marks what has no price, keeps its tokens, and adds no zero', async () => {
      home.lines(session('a'), claudeLine({ output: 1_000_000, input: 0 }), claudeLine({ id: 'msg_2', model: 'claude-future-9' }), claudeLine({ id: 'msg_3', usage: { speed: 'fast' } }));
      const { buckets, costKind, costProvenance, tokenProvenance } = (await home.scan(claude, { prices })).report;
      assert.deepEqual(buckets.map(({ model, cost, unpriced, tokens }) => [model, cost, unpriced, tokens?.output]), [
        ['claude-future-9', null, true, 100],
        ['claude-sonnet-4-5-20250929', { micros: 15_000_000, currency: 'USD' }, false, 1_000_000],
        ['claude-sonnet-4-5-20250929 (fast)', null, true, 100],
      ]);
      assert.deepEqual([costKind, costProvenance, tokenProvenance], ['equivalent', 'estimated', 'measured']);
    });

    it('counts a response with bad UTF-8 in it, and none of broken lines', async () => {
      const bad = Buffer.concat([Buffer.from(claudeLine({ output: 5 }).replace('naïve ✅', '@')), Buffer.from('\n')]);
      bad[bad.indexOf('@')] = 0xff;
      const broken = `${claudeLine({ id: 'msg_x' }).slice(0, -30)}\n\n${'\u0000'.repeat(500)}\n${claudeLine({ id: 'msg_y' })}${claudeLine({ id: 'msg_z' })}\n`;
      home.write(session('a'), Buffer.concat([bad, Buffer.from([0xed, 0xa0, 0x80, 10]), Buffer.from(broken)]));
      const { report, notes } = await home.scan(claude);
      assert.deepEqual([total(report).output, total(report).requests, notes], [5, 1, ['2 damaged lines or files not counted.']]);
    });

    it('counts logs that another program wrote anew with blanks in their JSON, and lines that end as on Windows', async () => {
      const spaced = (line: string): string => JSON.stringify(JSON.parse(line), null, 1).replace(/\n */g, ' ');
      home.write(session('a'), [claudeLine({ output: 5 }), claudeLine({ id: 'msg_2', output: 7 }), ''].map(line => (line === '' ? line : spaced(line))).join('\r\n'));
      home.lines(session('b'), claudeLine({ id: 'msg_3', output: 11 }));
      assert.equal(total((await home.scan(claude)).report).output, 23);
      const at = '2026-10-31T10:05:00.000Z';
      home.lines(rollout('a'), ...[codexLine.meta(at), codexLine.turn(at), codexLine.tokens(at, [100, 80, 5, 0], null)].map(spaced));
      const { report } = await home.scan(codex);
      assert.deepEqual([total(report).output, report.buckets[0]?.project, report.buckets[0]?.model], [5, '/home/dev/app', 'gpt-5.1-codex']);
    });

    it('takes a folder of the account in place of the default ones', async () => {
      home.lines('elsewhere/projects/x/a.jsonl', claudeLine({ output: 5 }));
      home.lines(session('a'), claudeLine({ id: 'msg_2' }));
      const scan = await home.scan(claude, { home: path.join(home.dir, 'elsewhere') });
      assert.equal(total(scan.report).output, 5);
    });
  });

  describe('going on', () => {
    it('R50: tells all branches of a project in an hour when one of them changed, over restarts too', async () => {
      const line = (id: string, gitBranch: string, cwd = '/p'): string => claudeLine({ id, cwd, extra: { gitBranch } });
      const file = home.lines('.claude/projects/p/a.jsonl', line('1', 'main'), line('2', 'fix'), line('3', 'main', '/q'));
      const told = async (): Promise<readonly unknown[]> => (await scanner.scan()).report.buckets.map(({ project, branch, requests }) => [project, branch, requests]);
      let scanner = home.scanner(claude, { stateDir: home.stateDir });
      assert.deepEqual(await told(), [['/p', 'fix', 1], ['/p', 'main', 1], ['/q', 'main', 1]]);
      home.append(path.relative(home.dir, file), `${line('4', 'fix')}\n`);
      assert.deepEqual(await told(), [['/p', 'fix', 2], ['/p', 'main', 1]]);
      scanner.dispose();
      scanner = home.scanner(claude, { stateDir: home.stateDir });
      assert.deepEqual(await told(), [['/p', 'fix', 2], ['/p', 'main', 1], ['/q', 'main', 1]]);
      scanner.dispose();
    });

    it('tells only the buckets that changed, whole', async () => {
      home.lines(session('a'), claudeLine(), claudeLine({ id: 'msg_2', at: '2026-10-31T12:00:00Z' }));
      const scanner = home.scanner(claude);
      assert.equal((await scanner.scan()).report.buckets.length, 2);
      assert.deepEqual((await scanner.scan()).report.buckets, []);
      home.append(session('a'), `${claudeLine({ id: 'msg_3', output: 1 })}\n`);
      assert.deepEqual((await scanner.scan()).report.buckets.map(({ startAt, tokens, requests }) => [startAt, tokens?.output, requests]), [[Date.UTC(2026, 9, 31, 10), 101, 2]]);
    });

    it('R27: reads no more than what was appended', async () => {
      home.lines(session('a'), claudeLine({ output: 1 }), 'x'.repeat(3_000_000));
      const scanner = home.scanner(claude, { stateDir: home.stateDir });
      await scanner.scan();
      const line = `${claudeLine({ id: 'msg_2' })}\n`;
      home.append(session('a'), line);
      const progress: number[] = [];
      await scanner.scan({ onProgress: ({ bytesRead }) => progress.push(bytesRead) });
      assert.equal(progress.at(-1), Buffer.byteLength(line));
    });

    it('P9: reads after a restart what was appended, what it must know of each file, and a page of its ids', async () => {
      for (let i = 0; i < 60; i++) home.lines(session(`s${i}`), ...Array.from({ length: 100 }, (_, k) => claudeLine({ id: `msg_${i}_${k}`, at: new Date(Date.UTC(2026, 9, 1 + i % 30, k % 24)).toISOString() })));
      await home.scan(claude, { stateDir: home.stateDir });
      const state = fs.readdirSync(home.stateDir).reduce((sum, name) => sum + fs.statSync(path.join(home.stateDir, name)).size, 0);
      assert.ok(state < 6000 * 20 + 60 * 150, `${state} bytes of state`);
      const line = `${claudeLine({ id: 'msg_new', output: 3 })}\n`;
      home.append(session('s7'), line);
      const read = await bytesRead(() => home.scan(claude, { stateDir: home.stateDir }));
      assert.ok(read < Buffer.byteLength(line) + 300 + state / 3, `${read} bytes read, of ${state} bytes of state`);
    });

    it('P9: keeps a megabyte for each gigabyte of logs, and reads of many no more than was appended, 64 KB for each log that changed, and that', async () => {
      const [files, responses, filler] = [120, 33, 'x'.repeat(19_500)];
      const lines = (i: number, from: number, count: number): readonly string[] => Array.from({ length: count }, (_, k) =>
        [claudeLine({ id: `msg_${i}_${from + k}`, at: new Date(Date.UTC(2026, 9, 1 + i % 30, 8 + k % 9)).toISOString() }), filler]).flat();
      for (let i = 0; i < files; i++) home.lines(session(`s${i}`), ...lines(i, 0, responses));
      const scanner = home.scanner(claude, { stateDir: home.stateDir });
      await scanner.scan();
      const sizes = (folder: string): number => fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
      const [logs, state] = [sizes(path.join(home.dir, '.claude/projects/-home-dev-app')), sizes(home.stateDir)];
      assert.ok(state < logs / 1000, `${state} bytes of state for ${logs} bytes of logs`);
      let from = responses;
      const update = async (changed: readonly number[], scan: () => Promise<unknown>): Promise<[read: number, most: number]> => {
        let appended = 0;
        for (const i of changed) {
          const text = lines(i, from, 3).map(line => `${line}\n`).join('');
          home.append(session(`s${i}`), text);
          appended += Buffer.byteLength(text);
        }
        from += 3;
        return [await bytesRead(scan), appended + changed.length * 65_536];
      };
      const [one, many] = [[7], [1, 20, 30, 44, 58, 60, 77, 80, 99, 119]];
      const places = [7].map(i => path.join(home.dir, session(`s${i}`)));
      for (const [read, most] of [
        await update(one, () => scanner.scan()), await update(many, () => scanner.scan()), await update(one, () => scanner.scan({ changed: new Set(places) })),
      ]) assert.ok(read <= most, `${read} bytes read, ${most} are allowed`);
      scanner.dispose();
      for (const changed of [one, many]) {
        const [read, most] = await update(changed, () => home.scan(claude, { stateDir: home.stateDir }));
        assert.ok(read <= most + state, `${read} bytes read after a restart, ${most} and ${state} of state are allowed`);
      }
    });

    it('counts a whole last line without a newline, once', async () => {
      for (const stateDir of [null, home.stateDir]) {
        home.write(session('a'), claudeLine({ output: 5 }));
        const scanner = home.scanner(claude, { stateDir });
        assert.equal(total((await scanner.scan()).report).output, 5);
        home.append(session('a'), `\n${claudeLine({ id: 'msg_2', output: 1 })}`);
        assert.equal(total((await scanner.scan()).report).output, 6);
        home.append(session('a'), '\n');
        assert.equal(total((await scanner.scan()).report).output, 0);
        assert.equal(total((await home.scan(claude, { stateDir })).report).output, 6);
      }
    });

    it('goes on in a Codex log whose last line got its newline later', async () => {
      const { meta, tokens } = codexLine;
      home.write(rollout('a'), `${meta('2026-10-31T10:00:00Z')}\n${tokens('2026-10-31T10:00:02Z', [100, 0, 10, 0], null)}`);
      await home.scan(codex, { stateDir: home.stateDir });
      home.append(rollout('a'), `\n${tokens('2026-10-31T10:00:05Z', [150, 0, 15, 0], null)}\n`);
      assert.equal(total((await home.scan(codex, { stateDir: home.stateDir })).report).input, 150);
    });

    it('counts half a line when its other half has come', async () => {
      const line = claudeLine({ output: 5 });
      const half = line.indexOf('}', line.indexOf('"usage"')) + 1;
      home.write(session('a'), line.slice(0, half));
      const scanner = home.scanner(claude);
      const { report, notes } = await scanner.scan();
      assert.deepEqual([total(report).requests, notes], [0, []]);
      home.append(session('a'), `${line.slice(half)}\n`);
      assert.equal(total((await scanner.scan()).report).output, 5);
    });

    for (const [name, rewrite] of [
      ['shrank', (file: string) => fs.writeFileSync(file, `${claudeLine({ id: 'msg_9', output: 9 })}\n`)],
      ['was replaced', (file: string) => { fs.rmSync(file); fs.writeFileSync(file, `${claudeLine({ id: 'msg_9', output: 9 })}\n${claudeLine({ id: 'msg_1' })}\n${'x'.repeat(900)}\n`); }],
      ['was rewritten in place, at the same length and with the same end', (file: string) => {
        const text = fs.readFileSync(file, 'utf8');
        fs.writeFileSync(file, text.replace('"msg_1"', '"msg_9"').replace('"output_tokens":100', '"output_tokens":  9'));
        fs.utimesSync(file, 1, 1);
      }],
      ['was rewritten in place, and is longer', (file: string) => fs.writeFileSync(file, `${claudeLine({ id: 'msg_9', output: 9 })}\n${'x'.repeat(2000)}\n`)],
    ] as const) {
      it(`reads a file anew that ${name}, and keeps what it had told`, async () => {
        const file = home.lines(session('a'), claudeLine({ output: 100 }), claudeLine({ id: 'msg_2', output: 50 }));
        await home.scan(claude, { stateDir: home.stateDir });
        rewrite(file);
        assert.equal(total((await home.scan(claude, { stateDir: home.stateDir })).report).output, 159);
      });
    }

    it('R48: keeps the usage of logs that are gone', async () => {
      const file = home.lines(session('a'), claudeLine({ output: 5 }));
      await home.scan(claude, { stateDir: home.stateDir });
      fs.rmSync(file);
      assert.equal(total((await home.scan(claude, { stateDir: home.stateDir })).report).output, 5);
    });

    it('goes on after it was stopped amid a scan', async () => {
      for (let i = 0; i < 4; i++) home.lines(session(`s${i}`), claudeLine({ id: `msg_${i}`, output: 10 ** i }), 'x'.repeat(5_000_000), claudeLine({ id: `msg_${i}b`, output: 2 * 10 ** i }));
      const abort = new AbortController();
      const stopped = home.scan(claude, { stateDir: home.stateDir, signal: abort.signal, onProgress: ({ filesDone }) => { if (filesDone === 2) abort.abort(new Error('enough')); } });
      await assert.rejects(stopped, /enough/);
      const read: number[] = [];
      const { report } = await home.scan(claude, { stateDir: home.stateDir, onProgress: ({ bytesRead }) => read.push(bytesRead) });
      assert.equal(total(report).output, 3333);
      assert.ok((read.at(-1) ?? Infinity) < 11_000_000, `read ${read.at(-1)} bytes`);
    });

    it('lets other work of its thread go on while it reads', async () => {
      home.lines(session('a'), ...Array.from({ length: 30 }, () => 'x'.repeat(1_000_000)));
      let turns = 0;
      let scanning = true;
      const other = (): void => { turns++; if (scanning) setImmediate(other); };
      setImmediate(other);
      await home.scan(claude);
      scanning = false;
      assert.ok(turns > 5, `${turns} turns`);
    });

    it('lets a second scan wait for the first', async () => {
      home.lines(session('a'), claudeLine({ output: 5 }));
      const scanner = home.scanner(claude);
      const [first, second] = await Promise.all([scanner.scan(), scanner.scan()]);
      assert.deepEqual([total(first.report).output, second.report.buckets], [5, []]);
    });

    it('refuses to go on after it was disposed of', async () => {
      home.lines(session('a'), claudeLine());
      const scanner = home.scanner(claude);
      scanner.dispose();
      scanner.dispose();
      await assert.rejects(scanner.scan(), { kind: 'internal' });
    });
  });

  describe('zones', () => {
    const hours = async (zone: string): Promise<number[]> => {
      home.lines(session('a'), claudeLine(), claudeLine({ id: 'msg_2', at: '2026-10-31T10:50:00Z' }));
      return (await home.scan(claude, { zone })).report.buckets.map(({ spanMs }) => spanMs / 60_000);
    };
    it('tells hours where days begin on them', async () => assert.deepEqual([await hours('America/Los_Angeles'), await hours('Pacific/Apia')], [[60], [60]]));
    it('tells half hours and quarters where days begin on those', async () => assert.deepEqual([await hours('Asia/Kolkata'), await hours('Asia/Kathmandu')], [[30, 30], [15, 15]]));

    it('tells everything anew, in place of what was told, when another zone needs other spans', async () => {
      home.lines(session('a'), claudeLine(), claudeLine({ id: 'msg_2', at: '2026-10-31T10:50:00Z' }));
      await home.scan(claude, { stateDir: home.stateDir });
      const { report } = await home.scan(claude, { stateDir: home.stateDir, zone: 'Asia/Kolkata' });
      assert.deepEqual([report.covers, report.buckets.length], [{ fromAt: Date.UTC(2026, 9, 31, 10), toAt: Date.UTC(2026, 9, 31, 11) }, 2]);
      assert.equal((await home.scan(claude, { stateDir: home.stateDir, zone: 'Asia/Kolkata' })).report.covers, null);
    });
  });

  describe('what it remembers', () => {
    const image = (): string => path.join(home.stateDir, 'logs.image');
    const journal = (): string => path.join(home.stateDir, fs.readdirSync(home.stateDir).find(name => name.startsWith('logs.journal')) ?? '');
    const scan = (): ReturnType<TestHome['scan']> => home.scan(claude, { stateDir: home.stateDir });
    beforeEach(() => home.lines(session('a'), claudeLine({ output: 5 })));

    it('keeps what is recorded after a torn record, also of logs that are gone', async () => {
      await scan();
      fs.appendFileSync(journal(), '0123456789abcdef [1,{"fir');
      home.append(session('a'), `${claudeLine({ id: 'msg_2', output: 1 })}\n`);
      await scan();
      fs.rmSync(path.join(home.dir, session('a')));
      assert.equal(total((await scan()).report).output, 6);
    });

    it('replaces a response that grew', async () => {
      for (const output of [6, 7, 8]) {
        home.append(session('a'), `${claudeLine({ output })}\n`);
        await scan();
      }
      const { output, requests } = total((await scan()).report);
      assert.deepEqual([output, requests], [8, 1]);
    });

    it('tells after a restart that a bucket holds nothing any more', async () => {
      home.lines(session('b'), claudeLine({ id: 'msg_2', at: '2026-10-31T12:00:00Z' }));
      await scan();
      home.lines(session('c'), claudeLine({ id: 'msg_2', at: '2026-10-31T11:00:00Z' }));
      await scan();
      fs.appendFileSync(journal(), 'torn');
      await scan();
      assert.ok(fs.existsSync(image()));
      assert.deepEqual((await scan()).report.buckets.map(({ startAt, requests, cost }) => [new Date(startAt).getUTCHours(), requests, cost?.micros]), [[10, 1, undefined], [11, 1, undefined], [12, 0, 0]]);
    });

    it('drops a torn record, and reads again what it told', async () => {
      await scan();
      home.append(session('a'), `${claudeLine({ id: 'msg_2', output: 1 })}\n`);
      await scan();
      const file = journal();
      fs.truncateSync(file, fs.statSync(file).size - 10);
      assert.equal(total((await scan()).report).output, 6);
      home.append(session('a'), `${claudeLine({ id: 'msg_3', output: 1 })}\n`);
      await scan();
      assert.equal(total((await scan()).report).output, 7);
    });

    it('stays right when two scanners use its folder, against the rules', async () => {
      const both = [home.scanner(claude, { stateDir: home.stateDir }), home.scanner(claude, { stateDir: home.stateDir })];
      for (const scanner of both) await scanner.scan();
      for (const [i, scanner] of [...both, ...both].entries()) {
        // The newest is read first, so that the two scanners come by the models in different orders.
        const file = home.lines(session(`s${i}`), claudeLine({ id: `msg_${i + 2}`, model: `model-${i}`, output: 10 ** (i + 1) }));
        fs.utimesSync(file, 1000 + i, 1000 + i);
        await scanner.scan();
      }
      const { buckets } = (await scan()).report;
      assert.deepEqual(buckets.map(({ model, tokens }) => [model, tokens?.output]).sort(), [
        ['claude-sonnet-4-5-20250929', 5], ['model-0', 10], ['model-1', 100], ['model-2', 1000], ['model-3', 10_000],
      ]);
    });

    it('stays right when two scanners count in one row, each stopped before it saw the other\'s log, against the rules', async () => {
      await scan();
      const both = [home.scanner(claude, { stateDir: home.stateDir }), home.scanner(claude, { stateDir: home.stateDir })];
      for (const scanner of both) await scanner.scan();
      const touch = (name: string, second: number): void => fs.utimesSync(path.join(home.dir, session(name)), second, second); // the newest is read first
      home.lines(session('long'), ...Array.from({ length: 9 }, () => 'x'.repeat(1_000_000)));
      touch('long', 2e9);
      for (const [i, scanner] of both.entries()) {
        home.lines(session(`s${i}`), claudeLine({ id: `msg_${i + 2}`, output: 10 ** (i + 1) }));
        touch(`s${i}`, 2e9 + 1);
        const abort = new AbortController();
        await assert.rejects(scanner.scan({ signal: abort.signal, onProgress: ({ filesDone }) => { if (filesDone === 1) abort.abort(new Error('enough')); } }), /enough/);
        touch(`s${i}`, 1e9);
      }
      assert.deepEqual(total((await scan()).report).output, 115);
    });

    it('reads all logs again when its image is damaged, and says so once', async () => {
      await scan();
      const bytes = Buffer.alloc(500, 7);
      fs.writeFileSync(image(), bytes);
      const { report, notes } = await scan();
      assert.deepEqual([total(report).output, notes.length], [5, 1]);
      assert.deepEqual((await scan()).notes, []);
    });

    it('notices a single wrong bit in its image, in the part about one response when that is told again', async () => {
      home.lines(session('b'), claudeLine({ id: 'msg_gone', at: '2026-10-31T12:00:00Z', output: 7 }));
      home.append(session('a'), `${claudeLine({ id: 'msg_late', at: '2026-11-03T12:00:00Z', output: 0 })}\n`); // those of the last day lie in the head too
      await scan();
      fs.rmSync(path.join(home.dir, session('b')));
      fs.writeFileSync(image(), 'damaged');
      await scan();
      const good = fs.readFileSync(image());
      const headLength = 12 + good.readUInt32LE(8);
      for (const at of [0, 7, 8, 12, Math.floor(headLength / 2), headLength - 1, headLength, good.length - 1]) {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ 1;
        fs.writeFileSync(image(), bad);
        home.lines(session('copy'), claudeLine({ output: 5 + at }));
        const { report, notes } = await scan();
        assert.deepEqual([total(report).output, notes.length], [5 + at, 1], String(at));
        fs.rmSync(path.join(home.dir, session('copy')));
      }
    });

    it('writes a new image when the journal has grown, and goes on from it', async () => {
      for (let i = 0; i < 9; i++) {
        home.append(session('a'), Array.from({ length: 1000 }, (_, k) => `${claudeLine({ id: `msg_${i}_${k}`, output: 1 })}\n`).join(''));
        assert.equal(total((await scan()).report).output, 5 + 1000 * (i + 1));
      }
      assert.ok(fs.existsSync(image()));
      assert.ok(fs.readdirSync(home.stateDir).length <= 2);
      assert.equal(total((await scan()).report).requests, 9001);
    });

    it('keeps sightings', async () => {
      const limits = { primary: { used_percent: 12, window_minutes: 300, resets_at: 1_793_459_178 } };
      home.lines(rollout('a'), codexLine.tokens('2026-10-31T10:00:02Z', null, null, limits));
      const first = await home.scan(codex, { stateDir: home.stateDir });
      assert.equal(first.sightings.size, 2);
      assert.deepEqual((await home.scan(codex, { stateDir: home.stateDir })).sightings, first.sightings);
    });

    it('holds no text of prompts or answers', async () => {
      await scan();
      for (let i = 0; i < 3000; i++) home.append(session('a'), `${claudeLine({ id: `msg_${i}` })}\n`);
      for (let round = 0; round < 2; round++) { // first all in an image, then one line in a journal
        await scan();
        home.append(session('a'), `${claudeLine({ id: 'msg_last' })}\n`);
      }
      const { state } = new LogStore(home.stateDir).load();
      assert.deepEqual(fs.readdirSync(home.stateDir).sort(), ['logs.image', 'logs.journal.1']);
      const whole = JSON.stringify(state.whole());
      assert.ok(whole.includes('/home/dev/app'));
      for (const text of [whole, fs.readFileSync(journal(), 'utf8')]) assert.ok(!/na.ve/.test(text));
    });

    it('goes on without remembering when its folder cannot be used', async () => {
      fs.writeFileSync(home.stateDir, 'a file');
      const { report, notes } = await scan();
      assert.deepEqual([total(report).output, notes.length], [5, 1]);
    });
  });

  describe('what cannot be read', () => {
    /** Lets file calls on some paths fail as without permission, which does not bind an administrator who runs the tests. */
    function deny(denied: (path: string) => boolean): () => void {
      const { openSync, readdirSync } = fs;
      const guarded = (call: (...args: never[]) => unknown) => (file: string, ...rest: never[]): unknown => {
        if (denied(String(file))) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
        return call(...[file as never, ...rest]);
      };
      Object.assign(fs, { openSync: guarded(openSync as never), readdirSync: guarded(readdirSync as never) });
      return () => void Object.assign(fs, { openSync, readdirSync });
    }
    let restore = (): void => undefined;
    afterEach(() => restore());

    it('fails when no folder is there', async () => {
      await assert.rejects(home.scan(claude), { kind: 'unreadable' });
    });

    it('fails when no folder may be read', async () => {
      home.lines(session('a'), claudeLine());
      restore = deny(file => file.includes('projects'));
      await assert.rejects(home.scan(claude), { kind: 'unreadable' });
    });

    it('counts the rest, and says so, when a folder or a file may not be read', async () => {
      home.lines(session('a'), claudeLine({ output: 5 }));
      home.lines(session('b'), claudeLine({ id: 'msg_2' }));
      home.lines('.claude/projects/closed/c.jsonl', claudeLine({ id: 'msg_3' }));
      restore = deny(file => file.endsWith('b.jsonl') || file.endsWith('closed'));
      const { report, notes } = await home.scan(claude);
      assert.deepEqual([total(report).output, notes], [5, ['2 files or folders without permission: not counted.']]);
    });

    it('waits for nobody and reads nothing without end where a link leads to a pipe or a device', async function () {
      if (process.platform === 'win32') this.skip();
      home.lines(session('a'), claudeLine({ output: 5 }));
      execFileSync('mkfifo', [path.join(home.dir, 'pipe')]);
      fs.symlinkSync(path.join(home.dir, 'pipe'), path.join(home.dir, session('b')));
      fs.symlinkSync('/dev/zero', path.join(home.dir, session('c')));
      const { report, notes } = await home.scan(claude);
      assert.deepEqual([total(report).output, notes], [5, []]);
    });

    it('keeps its place in a folder that cannot be listed for a while', async () => {
      home.lines(session('a'), claudeLine({ output: 5 }));
      home.lines('.claude/projects/closed/c.jsonl', claudeLine({ id: 'msg_3', output: 1 }));
      const scanner = home.scanner(claude);
      await scanner.scan();
      restore = deny(file => file.endsWith('closed'));
      await scanner.scan();
      restore();
      const files: number[] = [];
      await scanner.scan({ onProgress: progress => files.push(progress.files) });
      assert.equal(files.at(-1), 0);
    });

    it('passes over a line of 200 MB, and says so', async function () {
      this.timeout(30_000);
      const file = home.lines(session('a'), claudeLine({ output: 5 }));
      const fd = fs.openSync(file, 'a');
      fs.writeSync(fd, '{"type":"assistant","message":{"usage":{"input_tokens":1');
      fs.ftruncateSync(fd, fs.fstatSync(fd).size + 200 * 1024 * 1024); // zeros that take no room on the disk
      fs.writeSync(fd, `}}}\n${claudeLine({ id: 'msg_2', output: 1 })}\n`);
      fs.closeSync(fd);
      const { report, notes } = await home.scan(claude);
      assert.deepEqual([total(report).output, notes], [6, ['1 line or file above 64 MB: not counted.']]);
    });
  });
});

/** All bytes that the work reads from files. */
async function bytesRead(work: () => Promise<unknown>): Promise<number> {
  const { readSync, readFileSync } = fs;
  let bytes = 0;
  Object.assign(fs, {
    readSync: (...args: Parameters<typeof readSync>) => { const read = readSync(...args); bytes += read; return read; },
    readFileSync: (...args: Parameters<typeof readFileSync>) => { const read = readFileSync(...args); bytes += read.length; return read; },
  });
  try {
    await work();
  } finally {
    Object.assign(fs, { readSync, readFileSync });
  }
  return bytes;
}

const reportOf = { source: 'logs', covers: null, costKind: 'equivalent', costProvenance: 'estimated', tokenProvenance: 'measured', dayZone: null } as const;
