/** Prices and names of models that the user gave: the settings `prices` and `modelAliases`. */
import * as z from 'zod/mini';

const price = z.number().check(z.minimum(0), z.maximum(100_000));

/** A model's name, or its name with a tier: "model (fast)". Case counts for nothing. */
export const ModelName = z.string().check(z.trim(), z.toLowerCase(), z.minLength(1), z.maxLength(200));

/** US dollars per million tokens. A part without a price of its own costs as `input`. */
export const OwnPrice = z.strictObject({
  input: price,
  output: price,
  cacheRead: z.optional(price),
  cacheWrite5m: z.optional(price),
  cacheWrite1h: z.optional(price),
  /** First UTC day of these prices, "2026-10-31": before it the table's hold. Missing: since ever. */
  from: z.optional(z.iso.date()),
});
export type OwnPrice = Readonly<z.infer<typeof OwnPrice>>;

const MAX_ENTRIES = 1000;
const few = z.refine<object>(entries => Object.keys(entries).length <= MAX_ENTRIES);
/** By the model's name. */
export const OwnPrices = z.record(ModelName, OwnPrice).check(few);
export type OwnPrices = Readonly<z.infer<typeof OwnPrices>>;
/** What a model is called here or there, and the name of a known model whose prices it has. */
export const ModelAliases = z.record(ModelName, ModelName).check(few);
export type ModelAliases = Readonly<z.infer<typeof ModelAliases>>;
