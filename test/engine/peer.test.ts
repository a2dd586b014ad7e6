import assert from 'node:assert/strict';
import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import * as z from 'zod/mini';
import type { Channel } from '../../src/engine/channel';
import { Peer } from '../../src/engine/peer';
import { MAX_FRAME_BYTES, socketChannel } from '../../src/engine/socketChannel';
import { settle } from '../support/fakeClock';
import { channelPair } from '../support/pair';
import { useTempDir } from '../support/tempDir';

const methods = { double: { params: z.object({ value: z.number() }), result: z.object({ value: z.number() }) } };
const events = { tick: z.object({ at: z.number() }) };

describe('peers', () => {
  let heard: unknown[];
  let refused: string[];
  let double: (params: { value: number }) => Promise<{ value: number }>;
  let near: Channel;
  let far: Channel;
  beforeEach(() => {
    heard = [];
    refused = [];
    double = async ({ value }) => ({ value: value * 2 });
    [near, far] = channelPair();
  });

  const asker = (channel = near) => new Peer(channel, {
    ask: methods, answer: {}, handlers: {}, hear: events, onEvent: (name, data) => heard.push([name, data]), onRefused: why => refused.push(why),
  });
  const answerer = (channel = far) => new Peer(channel, {
    ask: {}, answer: methods, handlers: { double: params => double(params) }, hear: {}, onEvent: () => undefined, onRefused: why => refused.push(why),
  });

  it('answers a request, and tells events', async () => {
    const [a, b] = [asker(), answerer()];
    assert.deepEqual(await a.request('double', { value: 21 }), { value: 42 });
    b.tell('tick', { at: 1 });
    await settle();
    assert.deepEqual(heard, [['tick', { at: 1 }]]);
  });

  it('says which field of a request is wrong, and never its value', async () => {
    const a = asker();
    answerer();
    const asked = a.request('double', { value: 'sk-secret' as unknown as number });
    await assert.rejects(asked, (error: Error) => error.message.includes('value') && !error.message.includes('sk-secret'));
  });

  it('refuses unknown methods, also those that every object has', async () => {
    answerer();
    const replies: unknown[] = [];
    near.onFrame(frame => replies.push(frame));
    for (const method of ['nothing', 'constructor', '__proto__', 'toString']) near.send({ type: 'request', id: 1, method, params: {} });
    await settle();
    assert.deepEqual(replies.map(reply => (reply as { ok: boolean }).ok), [false, false, false, false]);
  });

  it('an error of a handler is an answer, also when it is thrown before the first await', async () => {
    const a = asker();
    answerer();
    double = () => { throw new Error('No such account.'); };
    await assert.rejects(a.request('double', { value: 1 }), /No such account/);
  });

  it('does not take an answer of the wrong form', async () => {
    const a = asker();
    answerer();
    double = async () => ({ value: 'x' as unknown as number });
    await assert.rejects(a.request('double', { value: 1 }), /answer to "double" has a wrong value in: value/);
  });

  it('nothing that comes in makes it throw', async () => {
    asker();
    const odd: unknown[] = [null, 1, 'x', [], {}, { type: 'request' }, { type: 'reply', id: 9, ok: true, result: {} }, { type: 'event', name: 'tick', data: {} },
      { type: 'event', name: 'toString', data: {} }, { type: 'reply', id: 'x', ok: 1 }];
    for (const frame of odd) far.send(frame as never);
    await settle();
    assert.equal(refused.length, odd.length);
    assert.deepEqual(heard, []);
  });

  it('what waits for an answer fails when the line ends, and so does what comes after', async () => {
    const a = asker();
    const asked = a.request('double', { value: 1 });
    near.close();
    await assert.rejects(asked, /gone/);
    await assert.rejects(a.request('double', { value: 1 }), /gone/);
  });

  describe('over a socket', () => {
    const dir = useTempDir();
    let server: ReturnType<typeof createServer>;
    let client: Socket;
    let accepted: Socket;
    beforeEach(async () => {
      server = createServer().listen(path.join(dir(), 's'));
      await once(server, 'listening');
      client = connect(path.join(dir(), 's'));
      [accepted] = await once(server, 'connection') as [Socket];
    });
    afterEach(() => {
      client.destroy();
      server.close();
    });

    it('frames of any size and alphabet arrive whole, however the bytes are cut', async () => {
      const frames: unknown[] = [];
      const channel = socketChannel(accepted);
      channel.onFrame(frame => frames.push(frame));
      const sent = [{ a: 'žluť 漢字 🎉\n' }, { b: 'x'.repeat(300_000) }, { c: 1 }];
      const bytes = Buffer.from(sent.map(frame => `${JSON.stringify(frame)}\n`).join(''));
      for (let at = 0, step = 1; at < bytes.length; at += step, step = Math.min(50_000, step + 1 + (at >> 6))) {
        client.write(bytes.subarray(at, at + step));
        if (at < 60) await settle();
      }
      while (frames.length < 3) await settle();
      assert.deepEqual(frames, sent);
    });

    it('a line that is no JSON, or is too long, ends the connection', async () => {
      for (const bytes of ['no json\n', 'x'.repeat(MAX_FRAME_BYTES + 1)]) {
        const closed = new Promise<void>(resolve => socketChannel(accepted).onClose(resolve));
        client.on('error', () => undefined).write(bytes);
        await closed;
        client = connect(path.join(dir(), 's'));
        [accepted] = await once(server, 'connection') as [Socket];
      }
    });

    it('who has not said who it is gets no room to fill, and all the room after that', async () => {
      const frames: unknown[] = [];
      socketChannel(accepted, () => undefined, 100).onFrame(frame => frames.push(frame));
      client.write(`"hello"\n${JSON.stringify('x'.repeat(300_000))}\n`);
      while (frames.length < 2) await settle();
      const other = connect(path.join(dir(), 's'));
      const [waiting] = await once(server, 'connection') as [Socket];
      const closed = new Promise<void>(resolve => socketChannel(waiting, () => undefined, 100).onClose(resolve));
      other.on('error', () => undefined).write('x'.repeat(101));
      await closed;
    });

    it('one that has ended before anybody listened, as when its owner was killed in that moment, ends like any other', async () => {
      client.destroy();
      await once(client, 'close');
      await assert.rejects(asker(socketChannel(client)).request('double', { value: 2 }), /gone/);
    });

    it('a request goes there and back', async () => {
      answerer(socketChannel(accepted));
      assert.deepEqual(await asker(socketChannel(client)).request('double', { value: 2 }), { value: 4 });
    });
  });
});
