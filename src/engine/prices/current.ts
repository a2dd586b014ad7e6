import type { PriceTable } from '../../core/pricing';
import type { EngineSettings } from '../../core/settings';

/** The price table with what the user set before it: the same object until that changes. */
export function currentPrices(table: PriceTable, settings: () => EngineSettings): () => PriceTable {
  let last: { readonly table: PriceTable; readonly set: string } | null = null;
  return () => {
    const { prices, modelAliases } = settings();
    const set = JSON.stringify([prices, modelAliases]);
    if (last?.set !== set) last = { set, table: table.with(prices, modelAliases) };
    return last.table;
  };
}
