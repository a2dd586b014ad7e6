/** What the two cost panels share: which money they show, and its words. */
import { formatMoney, formatMoneyTick } from '../src/core/format';
import type { CostKind } from '../src/core/reading';
import { provenanceLabel } from '../src/core/words';
import { strings } from './strings';
import { rowsOf, type Cell, type Usage } from './usageTables';

export interface CostView {
  readonly usage: Usage;
  readonly kind: CostKind;
  readonly currency: string;
  readonly locale: string;
  /** The providers that occur, in the order of display, which also gives each its look. */
  readonly order: readonly string[];
  providerName(id: string): string;
}

export const kindName = (kind: CostKind): string => (kind === 'spent' ? strings.spent : strings.equivalent);

/** Where the money that is shown comes from, each source once. */
export function sourcesOf({ usage, kind, currency }: CostView): readonly string[] {
  const known = rowsOf(usage, kind, currency).filter(({ cost }) => cost !== null);
  return [...new Set(known.map(({ costProvenance }) => provenanceLabel(costProvenance)))];
}

export const moneyText = (micros: number, { currency, locale }: CostView): string => formatMoney({ micros, currency }, locale);

export const tickText = (micros: number, step: number, { currency, locale }: CostView): string => formatMoneyTick({ micros, currency }, step, locale);

/** '$3.21', '$3.21 + unpriced', 'unpriced', '—'. */
export function cellText({ micros, unpriced }: Cell, view: CostView): string {
  if (micros === null) return unpriced ? strings.unpriced : strings.unknown;
  return unpriced ? `${moneyText(micros, view)} + ${strings.unpriced}` : moneyText(micros, view);
}

/** The place of a provider in the palette: the same in both charts. */
export const lookIndex = (providerId: string, { order }: CostView): number => order.indexOf(providerId);
