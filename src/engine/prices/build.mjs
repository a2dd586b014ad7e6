/**
 * Makes the price table that ships as dist/prices.json (its form: PriceData in src/core/pricing.ts) from the price library's
 * bundled data. Kept: chat models of the vendors whose own models local logs name, with the dates their prices began and the
 * prompt sizes above which they rise. Left out: resellers, prices by time of day, models without both an input and an output price.
 * Source: @pydantic/genai-prices (MIT); prices there are US dollars per million tokens, as here.
 */
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { findProvider } from '@pydantic/genai-prices';

/** Release days of the library, which it does not say itself. A new version needs its line here. */
const RELEASED = { '0.1.8': '2026-09-23' };

/** First wins where two name the same model. */
const VENDORS = ['anthropic', 'openai', 'google', 'x-ai', 'moonshotai', 'deepseek', 'mistral', 'zai', 'minimax'];

/**
 * Names that no price list has, by the models that they stood for and the UTC days from which they did, oldest first.
 * "codex-auto-review" is what Codex's guardian threads log, whose model the service chooses; days and models as of local-logs facts B2.
 */
const STAND_INS = {
  'codex-auto-review': [['2026-02-05', 'gpt-5.3-codex'], ['2026-03-05', 'gpt-5.4'], ['2026-04-23', 'gpt-5.5'], ['2026-07-09', 'gpt-5.6-luna']],
};

/** Our name of a price, and the library's. */
const FIELDS = {
  input: 'input_mtok', output: 'output_mtok', cacheRead: 'cache_read_mtok', cacheWrite5m: 'cache_write_mtok', cacheWrite1h: 'cache_write_1h_mtok',
};

/** @throws when the library's version has no release day above, or its data do not have the expected form. */
export async function buildPrices() {
  const version = await libraryVersion();
  const date = RELEASED[version];
  if (date === undefined) throw new Error(`prices: add the release day of @pydantic/genai-prices ${version} to src/engine/prices/build.mjs`);
  const taken = new Set();
  const models = VENDORS.flatMap(vendor => {
    const provider = findProvider({ providerId: vendor });
    if (provider === undefined) throw new Error(`prices: the library knows no vendor ${vendor}`);
    return provider.models.map(model => toModel(model, vendor, taken)).filter(model => model !== null);
  });
  const standIns = Object.entries(STAND_INS).filter(([name]) => !taken.has(name)).map(([name, turns]) => standIn(name, turns, models));
  return { source: `genai-prices ${version}`, date, models: [...models, ...standIns] };
}

/** Has the prices of each model from the day on which it stood for that model; none before the first. */
function standIn(name, turns, models) {
  const lists = turns.flatMap(([from, model], i) => {
    const of = models.find(({ names }) => names.includes(model));
    if (of === undefined) throw new Error(`prices: ${name} stands for ${model}, which the library does not know`);
    const until = turns[i + 1]?.[0] ?? '9999';
    const first = of.lists.findLastIndex(list => list.from === null || list.from <= from);
    return of.lists.slice(Math.max(first, 0)).map(list => ({ ...list, from: list.from === null || list.from < from ? from : list.from })).filter(list => list.from < until);
  });
  return { names: [name], lists };
}

async function libraryVersion() {
  const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices');
  return JSON.parse(await readFile(new URL('../package.json', `file://${entry}`), 'utf8')).version;
}

function toModel(model, vendor, taken) {
  const names = [...new Set([model.id, ...namesIn(model.match)].map(name => name.toLowerCase()))].filter(name => !taken.has(name));
  const lists = (Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }]).map(list => toList(list, vendor));
  if (names.length === 0 || lists.includes(null)) return null;
  for (const name of names) taken.add(name);
  return { names, lists };
}

/**
 * Exact names and prefixes. A prefix stands for the name alone: what follows it in a real id is a date or a revision, which the
 * look-up takes off; any other ending is another model, whose price is not known from this one.
 */
function namesIn(match) {
  if ('or' in match) return match.or.flatMap(namesIn);
  if ('equals' in match) return [match.equals];
  if ('starts_with' in match) return [match.starts_with.replace(/[-@]+$/, '')];
  return [];
}

function toList({ constraint, prices }, vendor) {
  if (constraint !== undefined && constraint.type !== 'start_date') return null;
  const base = {};
  const steps = new Map();
  for (const [ours, theirs] of Object.entries(FIELDS)) {
    const price = prices[theirs];
    if (price === undefined) continue;
    base[ours] = typeof price === 'number' ? price : price.base;
    for (const { start, price: raised } of price.tiers ?? []) steps.set(start, { ...steps.get(start), [ours]: raised });
  }
  if (base.input === undefined || base.output === undefined) return null;
  // Anthropic, prompt caching: a write kept for one hour costs twice the input, whatever the model.
  if (vendor === 'anthropic' && base.cacheWrite5m !== undefined) base.cacheWrite1h ??= 2 * base.input;
  const above = [...steps].sort(([a], [b]) => a - b).map(([prompt, raised]) => ({ prompt, ...base, ...raised }));
  return { from: constraint?.start_date ?? null, ...base, ...(above.length > 0 && { above }) };
}
