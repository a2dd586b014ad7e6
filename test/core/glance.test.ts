import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultStatusBarSettings } from '../../src/core/barSettings';
import { type Glance, parseGlance } from '../../src/core/glance';
import { parseStored, storedText } from '../../src/core/storedSnapshot';
import { statusText } from '../../src/core/statusText';
import { DAY_MS, HOUR_MS } from '../../src/core/time';
import { manyAccounts, SAMPLE_NOW, sampleSnapshot } from '../support/sampleSnapshot';

const PARTS = [['accounts', 'spend'], ['spend'], ['claude', 'OpenAI', 'openrouter', 'accounts']];
const said = (snapshot: Glance | null, now: number, parts: readonly string[]) =>
  statusText({ snapshot, engine: { state: 'starting', message: null }, display: { locale: 'en', percent: 'left' }, bar: { ...defaultStatusBarSettings, parts, maxParts: 10 }, now });

/** A place in a JSON value and what is put there. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
function places(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (value === null || typeof value !== 'object') return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => places(each, [...path, key]))];
}
function put(value: Json, [key, ...rest]: readonly string[], other: Json | undefined): Json | undefined {
  if (key === undefined) return other;
  const copy = structuredClone(value) as Record<string, Json>;
  const changed = put(copy[key] ?? null, rest, other);
  if (changed === undefined) delete copy[key];
  else copy[key] = changed;
  return copy;
}

describe('the glance at the stored snapshot', () => {
  const texts = [storedText(sampleSnapshot()) ?? '', storedText(sampleSnapshot({ accounts: manyAccounts(50) })) ?? ''];

  for (const [after, later] of [['at once', 0], ['an hour later', HOUR_MS], ['a day later', DAY_MS], ['two months later', 62 * DAY_MS], ['after a clock that was set back', -3 * DAY_MS]] as const) {
    it(`says ${after} what the whole snapshot says`, () => {
      const now = SAMPLE_NOW + later;
      for (const text of texts) for (const parts of PARTS) {
        const glance = parseGlance(text, now);
        assert.notEqual(glance, null);
        assert.deepEqual(said(glance, now, parts), said(parseStored(text, now), now, parts));
      }
    });
  }

  it('takes no file in which something that it reads is not what it should be, or says what it can without failing', () => {
    const whole = JSON.parse(texts[0] ?? '') as Json;
    const other = fc.oneof(fc.constantFrom<Json | undefined>(undefined, null, -1, 1e308, '', 'x', true, [], {}, [null], '__proto__', 'constructor', 'usd'), fc.jsonValue() as fc.Arbitrary<Json>);
    fc.assert(fc.property(fc.constantFrom(...places(whole)), other, (place, value) => {
      const text = JSON.stringify(put(whole, place, value)) ?? '';
      const glance = parseGlance(text, SAMPLE_NOW);
      const shown = parseStored(text, SAMPLE_NOW);
      for (const parts of PARTS) {
        const seen = said(glance, SAMPLE_NOW, parts);
        if (shown !== null) assert.deepEqual(seen, said(shown, SAMPLE_NOW, parts));
      }
    }), { numRuns: 3_000 });
  });

  for (const bad of ['', '{', 'null', '[]', '{"version":2}', '{"version":2,"spans":[],"snapshot":{}}', (texts[0] ?? '').replace('"version":2', '"version":1')]) {
    it(`is nothing where there stands ${JSON.stringify(bad.slice(0, 30))}`, () => assert.equal(parseGlance(bad, SAMPLE_NOW), null));
  }
});
