import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isPriceData, type PriceData, PriceTable } from '../../../src/core/pricing';
import { loadPrices } from '../../../src/engine/prices/load';
import { TestHome } from '../logs/rig';

const build = async (): Promise<unknown> => {
  const file = path.resolve(__dirname, '../../../src/engine/prices/build.mjs');
  return (await import(pathToFileURL(file).href) as { buildPrices(): Promise<unknown> }).buildPrices();
};
const built = async (): Promise<PriceData> => {
  const data = await build();
  assert.ok(isPriceData(data));
  return data;
};
const none = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 };
const october = Date.UTC(2026, 9, 31);

describe('the price table', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  it('is built in the form that is loaded, with its source and day, and stays small', async () => {
    const data = await built();
    assert.match(data.source, /^genai-prices \d/);
    assert.match(data.date ?? '', /^\d{4}-\d\d-\d\d$/);
    assert.ok(JSON.stringify(data).length < 60_000);
  });

  it('knows the models that local logs name', async () => {
    const table = new PriceTable(await built());
    const output = (model: string): number | undefined => table.priceOf({ ...none, output: 1_000_000 }, model, october, null)?.micros;
    assert.deepEqual(
      ['claude-sonnet-4-5-20250929', 'claude-opus-4-5-20251101', 'claude-haiku-4-5-20251001', 'claude-sonnet-4-20250514', 'claude-opus-4-1-20250805',
        'gpt-5.1-codex', 'gpt-5-codex', 'gpt-5.2-codex', 'gpt-5.1-codex-mini', 'gpt-5'].map(output),
      [15e6, 25e6, 5e6, 15e6, 75e6, 10e6, 10e6, 14e6, 2e6, 10e6],
    );
  });

  it("R13: prices Codex's reviews as the model that they were done by on their day, and not before there was one", async () => {
    const table = new PriceTable(await built());
    const price = (model: string, at: number, prompt = 1000): number | undefined => table.priceOf({ ...none, input: 1_000_000, output: 1_000_000 }, model, at, null, prompt)?.micros;
    assert.equal(price('codex-auto-review', Date.UTC(2026, 1, 4, 23, 59)), undefined);
    for (const [fromDay, toDay, model] of [
      ['2026-02-05', '2026-03-05', 'gpt-5.3-codex'], ['2026-03-05', '2026-04-23', 'gpt-5.4'], ['2026-04-23', '2026-07-09', 'gpt-5.5'],
      ['2026-07-09', '2026-07-30', 'gpt-5.6-luna'], ['2026-07-30', '2027-01-01', 'gpt-5.6-luna'],
    ] as const) {
      for (const at of [Date.parse(fromDay), Date.parse(toDay) - 1]) {
        for (const prompt of [1000, 300_000]) {
          const expected = price(model, at, prompt);
          assert.ok(expected !== undefined);
          assert.equal(price('codex-auto-review', at, prompt), expected, `${model} at ${new Date(at).toISOString()}`);
        }
      }
    }
    assert.equal(price('codex-auto-review-mini', october), undefined);
  });

  it('prices a one-hour cache write at twice the input for every Anthropic model that has cache prices', async () => {
    const { models } = await built();
    const lists = models.filter(({ names }) => names.some(name => name.startsWith('claude-'))).flatMap(({ lists }) => lists);
    assert.ok(lists.length > 15);
    const odd = lists.filter(({ input, cacheWrite5m, cacheWrite1h }) => cacheWrite5m !== undefined && Math.abs((cacheWrite1h ?? 0) - 2 * input) > 1e-9);
    assert.deepEqual(odd, []);
  });

  it('is loaded from its file', async () => {
    const file = home.write('prices.json', JSON.stringify(await build()));
    assert.equal(loadPrices(file).priceOf({ ...none, input: 1 }, 'gpt-5', october, null)?.micros, 1.25);
  });

  for (const [name, content] of [['missing', null], ['cut', '{"source":"x","mod'], ['of another form', '{"source":"x"}']] as const) {
    it(`R11: leaves everything unpriced when it is ${name}`, () => {
      const file = path.join(home.dir, 'prices.json');
      if (content !== null) fs.writeFileSync(file, content);
      const table = loadPrices(file);
      assert.deepEqual([table.date, table.priceOf({ ...none, input: 1 }, 'gpt-5', october, null)], [null, null]);
    });
  }
});
