import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hashBytes, hashText } from '../../../src/engine/logs/hash';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 70 });

describe('hashes', () => {
  it('are whole numbers of 53 bits', () => {
    fc.assert(fc.property(fc.string(), bytes, (text, bytes) => {
      for (const hash of [hashText(text), hashBytes(bytes)]) assert.ok(Number.isSafeInteger(hash) && hash >= 0);
    }));
  });

  it('of bytes do not depend on where they lie in memory', () => {
    fc.assert(fc.property(bytes, fc.nat(3), (bytes, shift) => {
      const moved = new Uint8Array(shift + bytes.length);
      moved.set(bytes, shift);
      assert.equal(hashBytes(moved.subarray(shift)), hashBytes(bytes));
    }));
  });

  it('of bytes tell any one or two wrong bits, and a cut', () => {
    fc.assert(fc.property(bytes, fc.nat(), fc.nat(), (bytes, one, other) => {
      const flipped = Uint8Array.from(bytes);
      for (const bit of [one, other].map(at => at % (8 * bytes.length))) flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ 1 << (bit & 7);
      assert.equal(hashBytes(flipped) === hashBytes(bytes), Buffer.from(flipped).equals(bytes));
      assert.notEqual(hashBytes(bytes.subarray(0, -1)), hashBytes(bytes));
    }), { numRuns: 2000 });
  });

  it('of bytes tell the top bits of two words', () => {
    const [plain, flipped] = [new Uint8Array(64), new Uint8Array(64)];
    flipped[3] = flipped[7] = 0x80;
    assert.notEqual(hashBytes(flipped), hashBytes(plain));
  });
});
