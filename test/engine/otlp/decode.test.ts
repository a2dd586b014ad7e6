import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DecodeError, MAX_ITEMS, MAX_MESSAGES } from '../../../src/engine/otlp/decodeError';
import { decodeJson } from '../../../src/engine/otlp/decodeJson';
import { decodeProtobuf } from '../../../src/engine/otlp/decodeProtobuf';
import { takeIn } from '../../../src/engine/otlp/intake';
import { AT, claudeEvent, copilotSpan, toJson, toProtobuf, type Record, type Value } from './sent';

const signals = ['logs', 'traces'] as const;

describe('the telemetry decoder', () => {
  const value: fc.Arbitrary<Value> = fc.oneof(fc.string({ maxLength: 50 }), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
  const key = fc.oneof(fc.constantFrom('model', 'event.name', 'input_tokens', 'cost_usd', 'prompt'), fc.string({ minLength: 1, maxLength: 10 }));
  const record: fc.Arbitrary<Record> = fc.record({
    at: fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2099, 0, 1) }), body: fc.string(), attributes: fc.dictionary(key, value, { maxKeys: 8, noNullPrototype: true }),
    traceId: fc.constant('0af7651916cd43dd8448eb211c80319c'), spanId: fc.constant('b7ad6b7169203331'),
  });

  it('reads the same from both forms', () => {
    fc.assert(fc.property(fc.constantFrom(...signals), fc.array(record, { maxLength: 5 }), (signal, records) => {
      // JSON tells whole numbers as texts: what counts is what a number says.
      const plain = (items: ReturnType<typeof decodeJson>) => items.map(item => ({ ...item, attributes: [...item.attributes].map(([name, told]) => [name, String(told)]) }));
      const fromJson = plain(decodeJson(toJson(signal, 'svc', records), signal));
      assert.deepEqual(fromJson, plain(decodeProtobuf(toProtobuf(signal, 'svc', records), signal)));
      assert.deepEqual(fromJson.map(({ at, service }) => [at, service]), records.map(({ at }) => [at, 'svc']));
      assert.ok(fromJson.every(({ attributes }) => attributes.every(([name]) => name !== 'prompt')));
    }));
  });

  /** What anybody may send: nothing but the decoder's own error comes of it. */
  function takes(body: Uint8Array): void {
    for (const signal of signals) {
      for (const form of ['json', 'protobuf'] as const) {
        try {
          takeIn(body, form, signal);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }
    }
  }

  it('throws nothing but its own error at any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), takes), { numRuns: 500 });
  });

  it('throws nothing but its own error at any JSON in the places that it looks at', () => {
    const some = fc.jsonValue();
    const list = (inner: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ weight: 4, arbitrary: fc.array(inner, { maxLength: 3 }) }, some);
    const attributes = list(fc.record({ key: fc.oneof(fc.constantFrom('event.name', 'model', 'service.name'), some), value: fc.oneof(fc.dictionary(fc.constantFrom('stringValue', 'intValue', 'doubleValue'), some), some) }));
    const records = list(fc.record({ timeUnixNano: some, observedTimeUnixNano: some, endTimeUnixNano: some, traceId: some, spanId: some, body: fc.oneof(fc.record({ stringValue: some }), some), attributes }));
    const resource = fc.record({ attributes });
    fc.assert(fc.property(fc.record({
      resourceLogs: list(fc.record({ resource, scopeLogs: list(fc.record({ logRecords: records })) })), resourceSpans: list(fc.record({ resource, scopeSpans: list(fc.record({ spans: records })) })),
    }), body => takes(Buffer.from(JSON.stringify(body)))));
  });

  it('throws nothing but its own error at telemetry that was cut or changed', () => {
    const whole = [toProtobuf('logs', 'claude-code', [claudeEvent('r1'), claudeEvent('r2')]), toProtobuf('traces', 'copilot-chat', [copilotSpan('b7ad6b7169203331')]), toJson('logs', 'claude-code', [claudeEvent('r1')])];
    fc.assert(fc.property(fc.constantFrom(...whole), fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }), (bytes, cut, place, byte) => {
      const changed = Buffer.from(bytes);
      changed[place % bytes.length] = byte;
      takes(changed);
      takes(bytes.subarray(0, cut % bytes.length));
    }), { numRuns: 500 });
  });

  it('takes no more at once than it says', () => {
    const many = Array.from({ length: MAX_ITEMS + 1 }, () => ({ attributes: {} }));
    assert.throws(() => decodeJson(toJson('logs', 'a', many), 'logs'), DecodeError);
    assert.throws(() => decodeProtobuf(toProtobuf('logs', 'a', many), 'logs'), DecodeError);
    assert.equal(decodeProtobuf(toProtobuf('logs', 'a', many.slice(1)), 'logs').length, MAX_ITEMS);
  });

  it('goes into no more messages than telemetry has, so that no body holds the engine', () => {
    const empty = (number: number, times: number) => Buffer.alloc(2 * times, Buffer.from([number << 3 | 2, 0]));
    const inside = (number: number, bytes: Uint8Array) => Buffer.concat([Buffer.from([number << 3 | 2, ...[0, 7, 14, 21].map(shift => bytes.length >> shift & 0x7f | (shift < 21 ? 0x80 : 0))]), bytes]);
    const many = MAX_MESSAGES + 1;
    for (const body of [empty(1, many), inside(1, empty(2, many)), inside(1, inside(2, inside(2, empty(6, many)))), inside(1, inside(1, empty(1, many)))]) {
      assert.throws(() => decodeProtobuf(body, 'logs'), DecodeError);
    }
    assert.deepEqual(decodeProtobuf(empty(1, MAX_MESSAGES), 'logs'), []);
  });

  it('knows no time that cannot be', () => {
    assert.deepEqual(decodeJson(Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: { toString: {} } }] }] }] })), 'logs').map(({ at }) => at), [null]);
    const timeOf = (nanos: unknown) => decodeJson(Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: nanos, attributes: [] }] }] }] })), 'logs')[0]?.at;
    assert.equal(timeOf(`${AT}000000`), AT);
    for (const nanos of ['1793444400', '1793444400000000', `${Date.UTC(2101, 0, 1)}000000`, '-1', 'now', null, {}, '18446744073709551615']) assert.equal(timeOf(nanos), null, String(nanos));
  });
});
