import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DamagedProtobuf, fields, type ProtobufField } from '../../src/core/protobuf';
import { protobuf } from '../support/protobuf';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const read = (bytes: Uint8Array): ProtobufField[] => [...fields(bytes)];
const number = fc.integer({ min: 1, max: 2 ** 29 - 1 });
const field: fc.Arbitrary<ProtobufField> = fc.oneof(
  fc.record({ number, wireType: fc.constant('varint' as const), value: fc.bigInt(0n, 2n ** 64n - 1n) }, { noNullPrototype: true }),
  fc.record({ number, wireType: fc.constant('fixed64' as const), value: fc.bigInt(0n, 2n ** 64n - 1n) }, { noNullPrototype: true }),
  fc.record({ number, wireType: fc.constant('fixed32' as const), value: fc.bigInt(0n, 2n ** 32n - 1n) }, { noNullPrototype: true }),
  fc.record({ number, wireType: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 300 }) }, { noNullPrototype: true }),
);

describe('protobuf', () => {
  it("reads the examples of the format's description", () => {
    assert.deepEqual(read(bytesOf('089601')), [{ number: 1, wireType: 'varint', value: 150n }]);
    assert.deepEqual(read(bytesOf('120774657374696e67')), [{ number: 2, wireType: 'bytes', value: bytesOf('74657374696e67') }]);
    assert.deepEqual(read(bytesOf('08feffffffffffffffff01')), [{ number: 1, wireType: 'varint', value: 2n ** 64n - 2n }]);
    assert.deepEqual(read(bytesOf('0901000000000000800d02000080')), [
      { number: 1, wireType: 'fixed64', value: 2n ** 63n + 1n }, { number: 1, wireType: 'fixed32', value: 2n ** 31n + 2n },
    ]);
    assert.deepEqual(read(new Uint8Array()), []);
  });

  it('reads back whatever was written', () => {
    fc.assert(fc.property(fc.array(field), list => assert.deepEqual(read(protobuf(list)), list)));
  });

  for (const [what, hex] of [
    ['a cut tag', '88'], ['a cut number', '0896'], ['a number of eleven bytes', `08${'80'.repeat(10)}01`], ['a cut text', '120774657374'],
    ['a length beyond all memory', '12ffffffffffffffffff01'], ['a cut fixed number', '0900'], ['a group', '0b0c'], ['a field of number 0', '0001'], ['an unknown kind', '0e'],
  ] as const) {
    it(`refuses ${what}, having given what came before`, () => {
      const seen: ProtobufField[] = [];
      assert.throws(() => { for (const one of fields(bytesOf(`1001${hex}`))) seen.push(one); }, DamagedProtobuf);
      assert.deepEqual(seen.map(one => one.number), [2]);
    });
  }

  it('ends on any bytes, with fields or with its own error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      try {
        assert.ok(read(bytes).length <= bytes.length);
      } catch (error) {
        assert.ok(error instanceof DamagedProtobuf, String(error));
      }
    }));
  });
});
