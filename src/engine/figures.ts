import type { Account } from '../core/account';
import { primaryMeter, type LastReading } from '../core/accountView';
import { daySpan, monthSpan, type Span } from '../core/days';
import { figureOf, type SourceSum } from '../core/figure';
import { dayOf } from '../core/format';
import type { SpendTotal } from '../core/reading';
import type { Figure, Sparkline } from '../core/snapshot';
import { HOUR_MS, type EpochMs } from '../core/time';
import { dayZoneOf, ratioSparkline, sumsOfSpans, usageSparkline } from './history/queries';
import type { Sql } from './history/sql';

export interface AccountFigures { readonly today: Figure | null; readonly month: Figure | null; readonly sparkline: Sparkline | null }

/** Today and this month, in the days of the vendor where it has its own and in the user's otherwise, and the last 24 hours. */
function figuresOf(sql: Sql, accountId: string, reading: LastReading | null, zone: string, now: EpochMs): AccountFigures {
  const dayZone = reading?.totals[0]?.dayZone ?? dayZoneOf(sql, accountId) ?? zone;
  const today = dayOf(now, dayZone);
  const spans = [daySpan(today, dayZone), monthSpan(today, dayZone)] as const;
  const [ofDay = [], ofMonth = []] = sumsOfSpans(sql, accountId, spans, reading?.takenAt ?? null);
  const figure = (period: SpendTotal['period'], span: Span, sums: readonly SourceSum[]): Figure | null => {
    const total = reading?.totals.find(each => each.period === period && each.dayZone === dayZone && each.startAt >= span.fromAt && each.startAt < span.toAt);
    return figureOf(sums, total ?? null, dayZone);
  };
  const primary = primaryMeter(reading?.meters ?? []);
  return {
    today: figure('day', spans[0], ofDay),
    month: figure('month', spans[1], ofMonth),
    sparkline: fullerLine(primary === null ? null : ratioSparkline(sql, accountId, primary, now), usageSparkline(sql, accountId, now)),
  };
}

/** Hours of which the share must be known before its line says more than the usage, which logs and reports tell from the start. */
const ENOUGH_HOURS = 6;
const knownHours = (line: Sparkline | null): number => (line?.values ?? []).filter(value => value !== null).length;

/** Null: not even a line between two hours is known. */
function fullerLine(ratio: Sparkline | null, usage: Sparkline | null): Sparkline | null {
  if (knownHours(ratio) >= ENOUGH_HOURS) return ratio;
  return [usage, ratio].find(line => knownHours(line) >= 2) ?? null;
}

/** Every zone begins its days with one. */
const quarterOf = (at: EpochMs): number => Math.floor(at / (HOUR_MS / 4));

/** Figures cost a handful of queries: they are kept until a reading tells something new or, for the time or the reading, a quarter of an hour ends. */
export class FigureCache {
  private readonly kept = new Map<string, { readonly quarters: string; readonly figures: AccountFigures }>();

  constructor(private readonly sql: Sql) {}

  of({ id }: Account, reading: LastReading | null, zone: string, now: EpochMs): AccountFigures {
    const quarters = `${quarterOf(now)} ${reading === null ? '' : quarterOf(reading.takenAt)}`;
    const known = this.kept.get(id);
    if (known?.quarters === quarters) return known.figures;
    const figures = figuresOf(this.sql, id, reading, zone, now);
    this.kept.set(id, { quarters, figures });
    return figures;
  }

  drop(accountId: string): void {
    this.kept.delete(accountId);
  }

  clear(): void {
    this.kept.clear();
  }
}
