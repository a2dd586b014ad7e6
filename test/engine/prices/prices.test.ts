import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod/mini';
import { PriceData, PriceTable } from '../../../src/core/pricing';
import { loadPrices } from '../../../src/engine/prices/load';
import { TestHome } from '../logs/rig';

const build = async (): Promise<unknown> => {
  const file = path.resolve(__dirname, '../../../src/engine/prices/build.mjs');
  return (await import(pathToFileURL(file).href) as { buildPrices(): Promise<unknown> }).buildPrices();
};
const none = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 };
const october = Date.UTC(2026, 9, 31);

describe('the price table', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  it('is built in the form that is loaded, with its source and day, and stays small', async () => {
    const data = z.parse(PriceData, await build());
    assert.match(data.source, /^genai-prices \d/);
    assert.match(data.date ?? '', /^\d{4}-\d\d-\d\d$/);
    assert.ok(JSON.stringify(data).length < 60_000);
  });

  it('knows the models that local logs name', async () => {
    const table = new PriceTable(z.parse(PriceData, await build()));
    const output = (model: string): number | undefined => table.priceOf({ ...none, output: 1_000_000 }, model, october, null)?.micros;
    assert.deepEqual(
      ['claude-sonnet-4-5-20250929', 'claude-opus-4-5-20251101', 'claude-haiku-4-5-20251001', 'claude-sonnet-4-20250514', 'claude-opus-4-1-20250805',
        'gpt-5.1-codex', 'gpt-5-codex', 'gpt-5.2-codex', 'gpt-5.1-codex-mini', 'gpt-5'].map(output),
      [15e6, 25e6, 5e6, 15e6, 75e6, 10e6, 10e6, 14e6, 2e6, 10e6],
    );
  });

  it('prices a one-hour cache write at twice the input for every Anthropic model that has cache prices', async () => {
    const { models } = z.parse(PriceData, await build());
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
