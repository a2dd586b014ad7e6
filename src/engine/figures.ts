import type { Account } from '../core/account';
import { primaryMeter, type LastReading } from '../core/accountView';
import { daySpan, monthSpan, type Span } from '../core/days';
import { figureOf, type SourceSum } from '../core/figure';
import { dayOf } from '../core/format';
import type { SpendTotal } from '../core/reading';
import type { Figure, Sparkline } from '../core/snapshot';
import { QUARTER_MS, quarterOf, type EpochMs } from '../core/time';
import { dayZoneOf, ratioSparkline, sumsOfSpans, usageSparkline } from './history/queries';
import type { Sql } from './history/sql';

export interface AccountFigures { readonly today: Figure | null; readonly month: Figure | null; readonly sparkline: Sparkline | null }

/** What the history tells of an account's usage. */
interface UsageFigures {
  /** Whose days these are: the vendor's where it has its own, the user's otherwise. */
  readonly dayZone: string;
  readonly day: Span;
  readonly month: Span;
  readonly ofDay: readonly SourceSum[];
  readonly ofMonth: readonly SourceSum[];
  readonly line: Sparkline | null;
}

function usageFiguresOf(sql: Sql, accountId: string, reading: LastReading | null, zone: string, now: EpochMs): UsageFigures {
  const dayZone = reading?.totals[0]?.dayZone ?? dayZoneOf(sql, accountId) ?? zone;
  const today = dayOf(now, dayZone);
  const [day, month] = [daySpan(today, dayZone), monthSpan(today, dayZone)];
  const [ofDay = [], ofMonth = []] = sumsOfSpans(sql, accountId, [day, month], reading?.takenAt ?? null);
  return { dayZone, day, month, ofDay, ofMonth, line: usageSparkline(sql, accountId, now) };
}

/** Today, this month, and the last 24 hours. */
function figuresOf(sql: Sql, accountId: string, reading: LastReading | null, { dayZone, day, month, ofDay, ofMonth, line }: UsageFigures, now: EpochMs): AccountFigures {
  const figure = (period: SpendTotal['period'], span: Span, sums: readonly SourceSum[]): Figure | null => {
    const total = reading?.totals.find(each => each.period === period && each.dayZone === dayZone && each.startAt >= span.fromAt && each.startAt < span.toAt);
    return figureOf(sums, total ?? null, dayZone);
  };
  const primary = primaryMeter(reading?.meters ?? []);
  return {
    today: figure('day', day, ofDay),
    month: figure('month', month, ofMonth),
    sparkline: fullerLine(primary === null ? null : ratioSparkline(sql, accountId, primary, now), line),
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

export const quarterEnd = (at: EpochMs): EpochMs => (quarterOf(at) + 1) * QUARTER_MS;

interface Kept {
  /** For which time, reading and zone. */
  readonly of: string;
  readonly usage: UsageFigures;
  /** Null: the reading told something new. */
  readonly figures: AccountFigures | null;
}

/** Figures cost a handful of queries: they are kept until there is something new or, for the time or the reading, a quarter of an hour ends. */
export class FigureCache {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly sql: Sql) {}

  of({ id }: Account, reading: LastReading | null, zone: string, now: EpochMs): AccountFigures {
    const of = `${quarterOf(now)} ${reading === null ? '' : quarterOf(reading.takenAt)} ${reading?.totals[0]?.dayZone ?? ''}`;
    const known = this.kept.get(id);
    const usable = known?.of === of ? known : null;
    if (usable !== null && usable.figures !== null) return usable.figures;
    const usage = usable?.usage ?? usageFiguresOf(this.sql, id, reading, zone, now);
    const figures = figuresOf(this.sql, id, reading, usage, now);
    this.kept.set(id, { of, usage, figures });
    return figures;
  }

  /** The account's usage changed. */
  drop(accountId: string): void {
    this.kept.delete(accountId);
  }

  /** Its reading tells something new, but nothing of its usage. */
  dropReading(accountId: string): void {
    const known = this.kept.get(accountId);
    if (known !== undefined) this.kept.set(accountId, { ...known, figures: null });
  }

  clear(): void {
    this.kept.clear();
  }
}
