import { counted, formatCount, formatMoney } from '../core/format';
import { usd } from '../core/money';
import { defaultDisplaySettings } from '../core/settings';
import type { ScanResult } from '../engine/logs/scanOnce';
import { labelsOf, type ScanRow, type ScanView } from '../engine/logs/scanViews';
import { printable } from './printable';

const { locale } = defaultDisplaySettings;
const dollars = (amount: number | null): string => (amount === null ? 'unpriced' : formatMoney(usd(amount), locale));

const TITLES: Readonly<Record<ScanView, string>> = { day: 'Day', model: 'Model', project: 'Project', branch: 'Branch', session: 'Session', client: 'Client' };

/** What a scan found, for people. @param priceDate the day of the price table; null: there is none. */
export function scanTable({ rows, unpriced, skipped }: ScanResult, view: ScanView | null, zone: string, priceDate: string | null): string {
  const [first, ...rest] = labelsOf(view);
  const names = (tool: string, label: (of: ScanView) => string): string[] => [first, ...rest].map(label).toSpliced(1, 0, tool);
  const cells = (row: ScanRow): string[] => [
    ...names(row.provider, label => row[label] ?? '-'),
    ...[row.input, row.cacheRead, row.cacheWrite, row.output, row.requests].map(count => (count === null ? '-' : formatCount(count, locale))), dollars(row.costUsd),
  ];
  const head = [...names('Tool', label => (label === 'day' ? `Day (${zone})` : TITLES[label])), 'Input', 'Cache read', 'Cache write', 'Output', 'Requests', 'At list prices'];
  const lines = [head, ...rows.map(cells)].map(line => line.map(printable));
  const widths = head.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  const aligned = lines.map(line => line.map((cell, i) => (i <= rest.length + 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ').trimEnd());
  const priced = rows.flatMap(({ costUsd }) => costUsd ?? []);
  const total = priced.length === 0 ? 'not known' : `${dollars(priced.reduce((sum, cost) => sum + cost, 0))}${unpriced.length > 0 ? ', and what follows' : ''}`;
  return [
    ...(rows.length === 0 ? ['Nothing was found.'] : [...aligned, `Total at list prices${priceDate === null ? '' : ` of ${priceDate}`}: ${total}`]),
    ...unpriced.map(({ provider, model, tokens }) => `Unpriced: ${provider} ${printable(model)}, ${counted(formatCount(tokens, locale), 'token')}`),
    ...skipped.map(({ provider, reason }) => `Skipped: ${provider}: ${printable(reason)}`),
    '',
  ].join('\n');
}
