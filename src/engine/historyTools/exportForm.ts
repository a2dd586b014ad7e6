/**
 * The form of an export. In JSON it is one object: the header's fields, then `rows`. A row has the fields of its level; null is
 * "not told". In CSV the same fields are the columns, those of other levels are empty, and the header is left out.
 */
import * as z from 'zod/mini';
import { AccountId, ProviderId } from '../../core/account';
import { HistoryLevel } from '../../core/historyTools';
import { MAX_RATIO } from '../../core/levels';
import { Amount as Figure, CostKind, Meter, Provenance, Zone } from '../../core/reading';

export const EXPORT_FORMAT = 'quota-monitor-export';
export const EXPORT_VERSION = 1;

const Instant = z.iso.datetime();

export const ExportHeader = z.object({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(EXPORT_VERSION),
  madeAt: Instant,
  /** Whose days `day` is, where a source has no days of its own. */
  zone: z.string().check(z.maxLength(60)),
  levels: z.array(HistoryLevel).check(z.maxLength(4)),
  /** Null: open. `to` is excluded. */
  range: z.object({ from: z.nullable(Instant), to: z.nullable(Instant) }),
  /** A removed account has no name and no provider any more. */
  accounts: z.array(z.object({ id: AccountId, alias: z.nullable(z.string().check(z.maxLength(60))), provider: z.nullable(ProviderId) })).check(z.maxLength(10_000)),
  /** The last known state of every meter in `rows`. */
  meters: z.array(z.object({ account: AccountId, meter: Meter })).check(z.maxLength(100_000)),
  /** What the usage in `rows` comes from. `dayZone` null: hours that fit any zone. */
  sources: z.array(z.object({
    account: AccountId, source: z.string().check(z.maxLength(40)), costKind: CostKind,
    costProvenance: Provenance, tokenProvenance: Provenance, dayZone: z.nullable(Zone),
  })).check(z.maxLength(100_000)),
});
export type ExportHeader = Readonly<z.infer<typeof ExportHeader>>;

const number = z.nullable(Figure);
const Percent = z.nullable(z.number().check(z.minimum(-100 * MAX_RATIO), z.maximum(100 * MAX_RATIO)));
/** Money is a decimal string in `currency`, anything else a number. */
const Amount = z.nullable(z.union([Figure, z.string().check(z.maxLength(400))]));
/** Paths and names of models are of any length, and a row is not. */
const Text = z.nullable(z.string());
const Currency = z.nullable(z.string().check(z.regex(/^[A-Z]{3}$/)));

/** `end` null: the value of one moment. Percents are shares of the cap that were used. */
export const MeterRow = z.object({
  level: z.enum(['raw', 'hourly', 'daily']), account: AccountId, accountName: Text, provider: Text,
  start: Instant, end: z.nullable(Instant), zone: z.string(), day: z.string(),
  meter: z.string().check(z.maxLength(120)), meterName: Text, unit: z.string(), currency: Currency,
  lowPercent: Percent, highPercent: Percent, lastPercent: Percent, used: Amount, left: Amount,
  provenance: Provenance, standing: z.string(),
});
export type MeterRow = Readonly<z.infer<typeof MeterRow>>;

export const UsageRow = z.object({
  level: z.literal('usage'), account: AccountId, accountName: Text, provider: Text,
  start: Instant, end: Instant, zone: z.string(), day: z.string(),
  source: z.string().check(z.maxLength(40)), model: Text, project: Text, branch: z._default(Text, null),
  /** By the settings of whoever exported; an import leaves it aside. */
  client: z._default(Text, null),
  inputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, outputTokens: number, reasoningTokens: number, tokenProvenance: Provenance,
  requests: number, cost: z.nullable(z.string().check(z.maxLength(400))), currency: Currency, costKind: CostKind, costProvenance: Provenance,
  unpriced: z.boolean(),
});
export type UsageRow = Readonly<z.infer<typeof UsageRow>>;

export const ExportRow = z.discriminatedUnion('level', [MeterRow, UsageRow]);
export type ExportRow = MeterRow | UsageRow;
