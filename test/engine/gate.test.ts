import assert from 'node:assert/strict';
import { PROTOCOL_VERSION } from '../../src/core/protocol';
import { SECOND_MS } from '../../src/core/time';
import { gate } from '../../src/engine/gate';
import { FakeClock, settle } from '../support/fakeClock';
import { channelPair } from '../support/pair';

describe('gate', () => {
  let clock: FakeClock;
  let passed: unknown[];
  let refused: string[];
  let answers: unknown[];
  let closed: boolean;
  let send: (frame: unknown) => Promise<void>;
  beforeEach(() => {
    const [near, far] = channelPair();
    clock = new FakeClock();
    passed = [];
    refused = [];
    answers = [];
    closed = false;
    near.onFrame(frame => answers.push(frame));
    near.onClose(() => { closed = true; });
    send = async frame => {
      near.send(frame as never);
      await settle();
    };
    gate(far, { token: 'the-token', clock, admit: channel => channel.onFrame(frame => passed.push(frame)), refuse: why => refused.push(why) });
  });
  const hello = (token: string | null, version = PROTOCOL_VERSION) => ({ type: 'request', id: 1, method: 'hello', params: { version, focused: false, token } });
  const ask = { type: 'request', id: 2, method: 'snapshot', params: {} };

  it('lets through who shows the token, hello and all that follows', async () => {
    await send(hello('the-token'));
    await send(ask);
    assert.deepEqual(passed, [hello('the-token'), ask]);
    assert.deepEqual(refused, []);
    await clock.advance(60 * SECOND_MS);
    assert.equal(closed, false);
  });

  for (const [what, frame] of [['a wrong token', hello('the-tokem')], ['no token', hello(null)], ['an empty token', hello('')]] as const) {
    it(`ends a connection with ${what}, and does not repeat it in the log`, async () => {
      await send(frame);
      await send(ask);
      assert.deepEqual([closed, passed, refused], [true, [], ['A connection was refused: it does not have the token of this profile.']]);
    });
  }

  for (const [what, frame] of [['a question', ask], ['nonsense', { hello: 1 }], ['a hello of no known form', { ...hello('the-token'), params: {} }]] as const) {
    it(`ends a connection that begins with ${what}`, async () => {
      await send(frame);
      await send(hello('the-token'));
      assert.deepEqual([closed, passed, refused], [true, [], ['A connection was refused: it did not begin with a hello.']]);
    });
  }

  it('ends a connection that says nothing for ten seconds', async () => {
    await clock.advance(10 * SECOND_MS - 1);
    assert.equal(closed, false);
    await clock.advance(1);
    assert.equal(closed, true);
  });

  it('R25: tells another version its own number, hears nothing more of it, and keeps the connection to end with', async () => {
    await send(hello('the-token', PROTOCOL_VERSION + 1));
    await send(ask);
    await clock.advance(60 * SECOND_MS);
    assert.deepEqual([closed, passed], [false, []]);
    assert.deepEqual(answers, [{ type: 'reply', id: 1, ok: true, result: { version: PROTOCOL_VERSION } }]);
    assert.match(refused[0] ?? '', /another version/);
  });
});
