import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isoInstant } from '../../../src/engine/logs/isoInstant';
import { instant } from '../../../src/providers/logSource';

const read = (text: string): number | null => isoInstant(Buffer.from(`xx"${text}"`), 2, text.length + 4);

describe('isoInstant', () => {
  it('reads every instant of the century as Date.parse does, but for the last day of leap Februaries', () => {
    fc.assert(fc.property(fc.date({ min: new Date(Date.UTC(2000, 0, 1)), max: new Date(Date.UTC(2100, 0, 1) - 1), noInvalidDate: true }), fc.boolean(), (date, whole) => {
      const text = whole ? date.toISOString().replace(/\.\d+/, '') : date.toISOString();
      assert.equal(read(text), text.includes('-02-29T') ? null : instant(text), text);
    }), { numRuns: 1000 });
  });

  it('reads every day of the century', () => {
    for (let at = Date.UTC(2000, 0, 1); at < Date.UTC(2100, 0, 1); at += 86_400_000) {
      const text = new Date(at).toISOString();
      assert.equal(read(text), text.includes('-02-29T') ? null : at, text);
    }
  });

  it('never tells another instant than Date.parse, whatever was done to the text', () => {
    fc.assert(fc.property(fc.nat(25), fc.constantFrom('', '0', '9', '3', ':', '-', 'T', 'Z', ' ', '.', 'é', '\u0000'), fc.constantFrom('2026-10-31T10:05:00.000Z', '2024-02-28T23:59:59Z'), (place, put, text) => {
      const broken = text.slice(0, place) + put + text.slice(place + 1);
      const told = read(broken);
      if (told !== null) assert.equal(told, instant(broken), broken);
    }), { numRuns: 2000 });
  });
});
