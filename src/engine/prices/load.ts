import { readFileSync } from 'node:fs';
import { isPriceData, noPrices, PriceTable } from '../../core/pricing';

/**
 * The table that was built into dist/prices.json. Missing or damaged: a table without prices, so that every model is shown as
 * unpriced rather than nothing at all.
 */
export function loadPrices(path: string): PriceTable {
  try {
    const data: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isPriceData(data) ? new PriceTable(data) : noPrices;
  } catch (error) {
    if (isExpected(error)) return noPrices;
    throw error;
  }
}

const isExpected = (error: unknown): boolean => error instanceof SyntaxError || (error instanceof Error && 'code' in error);
