import type { Money } from './money';
import type { ModelAliases, OwnPrice, OwnPrices } from './ownPrices';
import type { EpochMs } from './time';

/**
 * Prompt sizes above which some vendor's prices change. Requests between two neighbours have one price, so that sums kept apart
 * by these can be priced, and priced again with a later table, as exactly as each request alone.
 */
export const PROMPT_STEPS: readonly number[] = [128_000, 199_999, 200_000, 256_000, 271_999, 272_000, 512_000];

/** US dollars per million tokens, which is micro-dollars per token. A part without a price of its own costs as `input`. */
interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite5m?: number;
  readonly cacheWrite1h?: number;
}
interface PriceList extends Rates {
  /** First UTC day of these prices; null: since ever. */
  readonly from: string | null;
  /** Prices of every token of a request whose whole prompt is longer than `prompt` tokens; ascending. */
  readonly above?: readonly (Rates & { readonly prompt: number })[];
}
interface PriceModel {
  /** Lower case; the same model under each name. */
  readonly names: readonly string[];
  /** Oldest first. */
  readonly lists: readonly PriceList[];
}

/** The form of dist/prices.json. */
export interface PriceData {
  /** "genai-prices 0.1.8" */
  readonly source: string;
  /** The day the table was published, "2026-09-23"; null: there is no table. */
  readonly date: string | null;
  readonly models: readonly PriceModel[];
}

/** By hand, as every start of the command line asks this of some hundred models. */
export const isPriceData = (value: unknown): value is PriceData =>
  isRecord(value) && typeof value['source'] === 'string' && (value['date'] === null || typeof value['date'] === 'string') && Array.isArray(value['models']) && value['models'].every(isModel);
const isModel = (value: unknown): boolean => isRecord(value) && isFilled(value['names']) && value['names'].every(name => typeof name === 'string') && isFilled(value['lists']) && value['lists'].every(isList);
const isList = (value: unknown): boolean => isRecord(value) && (value['from'] === null || (typeof value['from'] === 'string' && /^\d{4}-\d\d-\d\d$/.test(value['from'])))
  && isRates(value) && (value['above'] === undefined || (Array.isArray(value['above']) && value['above'].every(isStep)));
const isStep = (value: unknown): boolean => isRecord(value) && typeof value['prompt'] === 'number' && PROMPT_STEPS.includes(value['prompt']) && isRates(value);
const isRates = ({ input, output, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0 }: Readonly<Record<string, unknown>>): boolean =>
  isPrice(input) && isPrice(output) && isPrice(cacheRead) && isPrice(cacheWrite5m) && isPrice(cacheWrite1h);
const isPrice = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= MAX_PRICE;
const isFilled = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > 0;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const MAX_PRICE = 100_000;

/** Disjoint token parts, each 0 and up; `output` holds reasoning. */
export interface PricedTokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
}

/** The whole prompt of a request: what its price step is decided on. */
export const promptTokens = ({ input, cacheRead, cacheWrite5m, cacheWrite1h }: PricedTokens): number =>
  input + cacheRead + cacheWrite5m + cacheWrite1h;

/** @param rates what a token of each part costs. */
const microsOf = (tokens: PricedTokens, rates: PricedTokens): number => tokens.input * rates.input + tokens.output * rates.output
  + tokens.cacheRead * rates.cacheRead + tokens.cacheWrite5m * rates.cacheWrite5m + tokens.cacheWrite1h * rates.cacheWrite1h;

/** Service tiers at list price. */
const STANDARD_TIERS: ReadonlySet<string> = new Set(['standard', 'default', 'auto']);
/** Batches cost half at Anthropic and OpenAI, as both document. Other tiers have prices that no table here knows. */
const BATCH_FACTOR = 0.5;

/** The greatest of PROMPT_STEPS that `prompt` tokens are above, or 0. Asked for each response, most of which are below all of them. */
export const promptStep = (prompt: number): number => (prompt <= FIRST_STEP ? 0 : PROMPT_STEPS.findLast(step => prompt > step) ?? 0);
const FIRST_STEP = Math.min(...PROMPT_STEPS);

/** Null for tiers at list price, so that equal things have one name. */
export const specialTier = (tier: string | null): string | null => (tier === null || STANDARD_TIERS.has(tier) ? null : tier);

/** Logs name what they like: no memory for all of it. */
const MAX_FOUND = 10_000;

/** What is known of a name: prices of the user's own by tier ('': none), and the table's. */
interface Found { readonly own: ReadonlyMap<string, OwnPrice>; readonly listed: PriceModel | null }

/** List prices by model and day, and prices of the user's own, which come before them. Immutable. */
export class PriceTable {
  readonly source: string;
  readonly date: string | null;
  readonly #data: PriceData;
  readonly #own: ReadonlyMap<string, OwnPrice>;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #byName = new Map<string, PriceModel>();
  readonly #found = new Map<string, Found>();
  readonly #days = new Map<string, EpochMs>();

  constructor(data: PriceData, own: OwnPrices = {}, aliases: ModelAliases = {}) {
    this.source = data.source;
    this.date = data.date;
    this.#data = data;
    this.#own = new Map(Object.entries(own));
    this.#aliases = new Map(Object.entries(aliases));
    for (const model of data.models) for (const name of model.names) this.#byName.set(name, model);
  }

  /** The same list with other prices of the user's own. */
  with(own: OwnPrices, aliases: ModelAliases): PriceTable {
    return new PriceTable(this.#data, own, aliases);
  }

  /**
   * What `tokens` cost at the prices of their day. Null: the model, its price on that day, or its tier is not known.
   * @param prompt the size of a whole prompt, to be given where `tokens` is the sum of several requests of one price step.
   */
  priceOf(tokens: PricedTokens, model: string, at: EpochMs, tier: string | null, prompt = promptTokens(tokens)): Money | null {
    const rates = this.ratesOf(model, at, tier, prompt);
    return rates === null ? null : { micros: microsOf(tokens, rates), currency: 'USD' };
  }

  /** Whether all of a model's prices hold since ever, whatever the tier: then `ratesOf` gives the same for each day. */
  isTimeless(model: string): boolean {
    const { own, listed } = this.#find(model);
    return [...own.values(), ...listed?.lists ?? []].every(({ from }) => from == null);
  }

  /** What a token of each part costs, in micro-dollars; as of `priceOf`. Holds for a whole day of UTC. */
  ratesOf(model: string, at: EpochMs, tier: string | null, prompt: number): PricedTokens | null {
    const special = specialTier(tier);
    const { own, listed } = this.#find(model);
    const holds = ({ from }: { readonly from?: string | null | undefined }): boolean => from == null || this.#startOf(from) <= at;
    const ofTier = special === null ? undefined : own.get(special);
    const told = ofTier !== undefined && holds(ofTier) ? ofTier : null;
    if (told === null && special !== null && special !== 'batch') return null;
    const plain = own.get('');
    const list = told ?? (plain !== undefined && holds(plain) ? plain : listed?.lists.findLast(holds));
    if (list === undefined) return null;
    const rates = 'above' in list ? list.above?.findLast(step => prompt > step.prompt) ?? list : list;
    const { input, output, cacheRead = input, cacheWrite5m = input, cacheWrite1h = cacheWrite5m } = rates;
    const share = special === 'batch' && told === null ? BATCH_FACTOR : 1;
    return { input: share * input, output: share * output, cacheRead: share * cacheRead, cacheWrite5m: share * cacheWrite5m, cacheWrite1h: share * cacheWrite1h };
  }

  /** When a day of UTC begins. There are few in a table, and they are asked for with each price. */
  #startOf(day: string): EpochMs {
    let at = this.#days.get(day);
    if (at === undefined) this.#days.set(day, at = Date.parse(day));
    return at;
  }

  #find(model: string): Found {
    let found = this.#found.get(model);
    if (found === undefined) {
      const told = modelNames(model);
      const alias = told.map(name => this.#aliases.get(name)).find(name => name !== undefined);
      const names = alias === undefined ? told : [...modelNames(alias), ...told];
      found = { own: this.#ownOf([...told, ...names]), listed: names.map(name => this.#byName.get(name)).find(hit => hit !== undefined) ?? null };
      if (this.#found.size < MAX_FOUND) this.#found.set(model, found);
    }
    return found;
  }

  /** @param names the first that has a price wins, for each tier. */
  #ownOf(names: readonly string[]): ReadonlyMap<string, OwnPrice> {
    const own = new Map<string, OwnPrice>();
    if (this.#own.size === 0) return own;
    for (const name of names.toReversed()) {
      for (const [key, price] of this.#own) {
        if (key === name) own.set('', price);
        else if (key.startsWith(`${name} (`) && key.endsWith(')')) own.set(key.slice(name.length + 2, -1), price);
      }
    }
    return own;
  }
}

/** A table that prices nothing. */
export const noPrices = new PriceTable({ source: 'none', date: null, models: [] });

/**
 * Names to look a model up under, most exact first: as told; without "[1m]", "@…", "-latest", "-v1:0" and a date; without
 * the prefixes of routes ("anthropic/", "us.anthropic.").
 */
export function modelNames(model: string): readonly string[] {
  const told = model.toLowerCase().trim();
  const plain = told.replace(/\[[^\]]*\]$/, '').replace(/-v\d+(:\d+)?$/, '').replace(/@.*$/, '').replace(/-latest$/, '');
  const bare = plain.replace(/^.*\//, '').replace(/^(?:[a-z]{2,6}\.)?[a-z0-9]+\.(?=[a-z])/, '');
  return [...new Set([told, plain, withoutDate(plain), bare, withoutDate(bare)])];
}

/** Takes off "-20250929" or "-2025-08-07". */
const withoutDate = (name: string): string => name.replace(/-20\d\d-?[01]\d-?[0-3]\d$/, '');
