/** What the journal holds: effects, so that replaying one twice gives the same. */
import * as z from 'zod/mini';
import { AlertState } from '../../core/alerts';
import { Failure } from '../../core/errors';
import { CostKind, Meter, Provenance, Reading, UsageBucket, Zone } from '../../core/reading';

/** A reading without its meters and its usage. `meterIds` keeps their order. */
export const Head = z.extend(z.pick(Reading, { totals: true, identity: true, plan: true, notes: true }), { meterIds: z.array(z.string()) });
export type Head = Readonly<z.infer<typeof Head>>;

export const UsageChange = z.object({
  source: z.string(),
  costKind: CostKind,
  costProvenance: Provenance,
  tokenProvenance: Provenance,
  dayZone: z.nullable(Zone),
  /** Buckets that are new or have new values. */
  set: z.array(UsageBucket),
  /** Buckets that the source took back; only their keys count. */
  drop: z.array(UsageBucket),
});
export type UsageChange = Readonly<z.infer<typeof UsageChange>>;

const OutcomeRecord = z.object({
  kind: z.literal('outcome'),
  account: z.string(),
  takenAt: z.number(),
  /** Null: as it was. */
  head: z.nullable(Head),
  /** Those that changed, or are the first of an hour. */
  meters: z.array(Meter),
  usage: z.array(UsageChange),
});
const FailureRecord = z.object({ kind: z.literal('failure'), account: z.string(), failure: Failure });
const AlertRecord = z.object({ kind: z.literal('alert'), account: z.string(), meter: z.string(), state: AlertState });
/** Rows of an export that were taken. Points replace what is stored under their key: [second, hour or day, low, high, last, amount]. */
const ImportRecord = z.object({
  kind: z.literal('import'),
  account: z.string(),
  /** Put in when there is no such meter. */
  meters: z.array(Meter),
  points: z.array(z.object({
    meter: z.string(), level: z.enum(['raw', 'hourly', 'daily']),
    rows: z.array(z.tuple([z.number(), z.nullable(z.number()), z.nullable(z.number()), z.nullable(z.number()), z.nullable(z.number())])),
  })),
  usage: z.array(UsageChange),
});
const ForgetRecord = z.object({ kind: z.literal('forget'), account: z.string() });

export const HistoryRecord = z.discriminatedUnion('kind', [OutcomeRecord, FailureRecord, AlertRecord, ImportRecord, ForgetRecord]);
export type HistoryRecord = Readonly<z.infer<typeof HistoryRecord>>;
export type ImportRecord = Readonly<z.infer<typeof ImportRecord>>;
export type OutcomeRecord = Readonly<z.infer<typeof OutcomeRecord>>;

/** A line of the journal. `seq` rises by one; `version` is the schema's, for a journal that a newer version wrote. */
export const JournalLine = z.object({ seq: z.number(), version: z.number(), record: z.unknown() });
