import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { LogStore } from '../../../src/engine/logs/logStore';
import { bytesUnpacker, DamagedArchive, nativeUnpacker, nativeUnpackerOfBytes, unpack } from '../../../src/engine/logs/unpack';
import { codex } from '../../../src/providers/codex';
import { codexLine, TestHome, total } from './rig';

const { zstdCompressSync: pack } = zlib as unknown as { readonly zstdCompressSync: (bytes: Buffer) => Buffer };
const rollout = '.codex/sessions/2026/10/31/rollout-a.jsonl';
const meta = codexLine.meta('2026-10-31T10:00:00Z');
/** Totals of 10, 20, 30… output tokens. */
const response = (n: number): string => codexLine.tokens(`2026-10-31T10:${10 + n}:00Z`, [100 * n, 0, 10 * n, 0], null);
const text = (...lines: readonly string[]): Buffer => Buffer.from(lines.map(line => `${line}\n`).join(''));

describe('packed logs', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  const scan = (): ReturnType<TestHome['scan']> => home.scan(codex, { stateDir: home.stateDir });
  const output = async (): Promise<number> => total((await scan()).report).output;
  const plain = (...lines: readonly string[]): string => home.write(rollout, text(...lines));
  const packed = (...lines: readonly string[]): string => home.write(`${rollout}.zst`, pack(text(...lines)));
  const remove = (): void => fs.rmSync(path.join(home.dir, rollout));

  it('are counted as plain ones', async () => {
    packed(meta, response(1), response(2));
    const { report, notes } = await scan();
    assert.deepEqual([total(report).output, notes], [20, []]);
    assert.equal(await output(), 20);
  });

  it('are left alone where the plain one is there too', async () => {
    plain(meta, response(1));
    packed(meta, response(1), response(5));
    assert.equal(await output(), 10);
  });

  it('count nothing anew that was read before they were packed', async () => {
    plain(meta, response(1), 'x'.repeat(100));
    await scan();
    remove();
    packed(meta, response(4), 'x'.repeat(100), response(5)); // response 4 is where response 1 was: nobody looks at it again
    assert.equal(await output(), 50);
    assert.equal(new LogStore(home.stateDir).load().state.files.size, 1);
  });

  it('are counted from their beginning where they are not what was read', async () => {
    plain(meta, response(1), 'x'.repeat(500));
    await scan();
    remove();
    packed(meta, response(1), response(2), 'y'.repeat(500), response(3));
    assert.equal(total((await scan()).report).requests, 3);
  });

  it('go on as plain ones again', async () => {
    packed(meta, response(1));
    await scan();
    plain(meta, response(1), response(2));
    assert.equal(await output(), 20);
    remove();
    assert.equal(await output(), 20);
  });

  it('are counted as far as they are whole, and not read again until they change', async () => {
    const lines = [meta, ...Array.from({ length: 30 }, (_, i) => response(i + 1)), ...Array.from({ length: 20_000 }, (_, i) => String(Math.sin(i)))];
    const file = packed(...lines);
    fs.truncateSync(file, fs.statSync(file).size - 20);
    const first = await scan();
    assert.deepEqual([total(first.report).output, first.notes], [300, ['1 damaged line or file not counted.']]);
    let files = -1;
    await home.scan(codex, { stateDir: home.stateDir, onProgress: progress => (files = progress.files) });
    assert.equal(files, 0);
    packed(...lines, response(31));
    assert.equal(await output(), 310);
  });

  it('go on where a scan was stopped', async () => {
    packed(meta, response(1), ...Array.from({ length: 90 }, () => 'x'.repeat(100_000)), response(2));
    const abort = new AbortController();
    const stopped = home.scan(codex, { stateDir: home.stateDir, signal: abort.signal, onProgress: () => setImmediate(() => abort.abort(new Error('enough'))) });
    await assert.rejects(stopped, /enough/);
    assert.ok((new LogStore(home.stateDir).load().state.files.get(path.join(home.dir, rollout))?.offset ?? 0) > 0);
    assert.equal(await output(), 20);
  });

  for (const [name, native] of [['Node', nativeUnpacker ?? null], ['its own decoder', null]] as const) {
    describe(`unpacked by ${name}`, () => {
      const whole = Buffer.from(Array.from({ length: 30_000 }, (_, i) => `{"line":${i},"x":"${i * 7919 % 1000}"}\n`).join(''));
      const unpacked = async (bytes: Buffer, maxBytes?: number): Promise<{ readonly bytes: Buffer; readonly damaged: boolean }> => {
        const fd = fs.openSync(home.write('a.zst', bytes), 'r');
        const pieces: Uint8Array[] = [];
        try {
          for await (const piece of unpack(fd, native, maxBytes)) pieces.push(Buffer.from(piece));
        } catch (error) {
          if (!(error instanceof DamagedArchive)) throw error;
          return { bytes: Buffer.concat(pieces), damaged: true };
        } finally {
          fs.closeSync(fd);
        }
        return { bytes: Buffer.concat(pieces), damaged: false };
      };

      it('are what was packed, in one frame or several', async () => {
        assert.deepEqual(await unpacked(pack(whole)), { bytes: whole, damaged: false });
        assert.deepEqual(await unpacked(Buffer.concat([pack(whole), pack(Buffer.from('end'))])), { bytes: Buffer.concat([whole, Buffer.from('end')]), damaged: false });
      });

      it('are damaged when they are cut, or none of zstd\'s', async () => {
        const cut = await unpacked(pack(whole).subarray(0, -100));
        assert.ok(cut.damaged && cut.bytes.length > 0 && cut.bytes.equals(whole.subarray(0, cut.bytes.length)));
        assert.deepEqual(await unpacked(Buffer.from('plain text')), { bytes: Buffer.alloc(0), damaged: true });
      });

      it('are not unpacked without an end', async () => {
        const bomb = pack(Buffer.alloc(50_000_000));
        const { bytes, damaged } = await unpacked(bomb, 1_000_000);
        assert.ok(damaged && bytes.length < 3_000_000, `${bomb.length} bytes became ${bytes.length}`);
      });
    });
  }

  for (const [name, native] of [['Node', nativeUnpackerOfBytes ?? null], ['its own decoder', null]] as const) {
    it(`are unpacked in memory by ${name}, up to a limit`, async () => {
      const whole = Buffer.from('{"a":1}\n'.repeat(50_000));
      const unpackBytes = await bytesUnpacker(native);
      assert.ok(unpackBytes(pack(whole), whole.length).equals(whole));
      for (const bad of [pack(whole).subarray(0, -4), Buffer.from('plain text'), pack(Buffer.alloc(50_000_000))]) assert.throws(() => unpackBytes(bad, whole.length), DamagedArchive);
    });
  }
});
