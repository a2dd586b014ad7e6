import { hasOldFigures } from '../src/core/levels';
import { sumMoney, type Money } from '../src/core/money';
import type { Provenance } from '../src/core/reading';
import type { AccountView, Figure } from '../src/core/snapshot';

/** One figure over all accounts, of one kind of money. */
export interface Total {
  /** One per currency; empty: no money known. */
  readonly costs: readonly Money[];
  readonly provenances: readonly Provenance[];
  /** The zones whose days or months are in here. */
  readonly zones: readonly string[];
}

export interface KindTotals {
  readonly day: Total;
  readonly month: Total;
  /** By model, of the month: counted as tokens and missing in the money. */
  readonly unpriced: Figure['unpriced'];
  /** Names of accounts whose figures in here are the last known ones. */
  readonly outOfDate: readonly string[];
}

const figuresOf = (account: AccountView): readonly Figure[] => [account.today, account.month].filter(figure => figure !== null);

/** The totals of one kind of money; null when no account has figures of that kind. Spent and equivalent never meet. */
export function kindTotals(accounts: readonly AccountView[], kind: Figure['costKind']): KindTotals | null {
  const having = accounts.filter(account => figuresOf(account).some(figure => figure.costKind === kind));
  if (having.length === 0) return null;
  const months = having.map(({ month }) => month).filter(figure => figure?.costKind === kind);
  return {
    day: total(having.map(({ today }) => today), kind),
    month: total(months, kind),
    unpriced: mergeUnpriced(months.flatMap(figure => figure?.unpriced ?? [])),
    outOfDate: having.filter(hasOldFigures).map(({ alias }) => alias),
  };
}

/** Names of accounts that could add to the totals and have told nothing: never read, refused or failed from the start. */
export function missingAccounts(accounts: readonly AccountView[]): readonly string[] {
  return accounts
    .filter(account => account.takenAt === null && figuresOf(account).every(({ costs }) => costs.length === 0))
    .map(({ alias }) => alias);
}

function total(figures: readonly (Figure | null)[], kind: Figure['costKind']): Total {
  const known = figures.filter(figure => figure !== null).filter(({ costKind, costs }) => costKind === kind && costs.length > 0);
  const provenances = known.map(({ costProvenance }) => costProvenance).filter(provenance => provenance !== null);
  return {
    costs: sumMoney(known.flatMap(({ costs }) => costs)),
    provenances: [...new Set(provenances)],
    zones: [...new Set(known.map(({ dayZone }) => dayZone))],
  };
}

function mergeUnpriced(models: Figure['unpriced']): Figure['unpriced'] {
  const tokens = new Map<string, number>();
  for (const entry of models) tokens.set(entry.model, (tokens.get(entry.model) ?? 0) + entry.tokens);
  return [...tokens].map(([model, count]) => ({ model, tokens: count }));
}
