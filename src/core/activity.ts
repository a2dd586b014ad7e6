/** What goes on in a tool now, from its logs: the running block and how full the last prompt was. Not kept in the history. */
import { type Block, BLOCK_MS, type BlockEntry, blockIn, blocksOf, burnOf, isActive, projectionOf } from './blocks';
import { counted, formatAge, formatClock, formatClocks, formatMoney, formatPercent, formatTokens } from './format';
import type { Activity } from './reading';
import type { EpochMs } from './time';
import type { Wording } from './words';

/**
 * @param entries in the order of their times. @param resetsAt when the vendor says that the window of now ends; null: not told.
 * @returns null: nothing was used of late.
 */
export function activityOf(entries: readonly BlockEntry[], resetsAt: EpochMs | null, now: EpochMs): Activity | null {
  const last = entries.at(-1);
  if (last === undefined || now - last.at >= BLOCK_MS) return null;
  const told = resetsAt !== null && resetsAt > now && resetsAt - BLOCK_MS <= now;
  const block: Block | null = told ? blockIn(entries, resetsAt - BLOCK_MS, resetsAt) : lastBlock(entries, now);
  return {
    block: block === null ? null : { ...block, told },
    context: { at: last.at, tokens: last.input + last.cacheRead + last.cacheWrite, window: null },
  };
}

function lastBlock(entries: readonly BlockEntry[], now: EpochMs): Block | null {
  const last = blocksOf(entries).at(-1);
  return last?.kind === 'block' && isActive(last, now) ? last : null;
}

/** Short lines for a card; none for what is over. Every one says that it is counted or estimated, and how old it is. */
export function activityLines({ block, context }: Activity, { now, zone, locale }: Wording): readonly string[] {
  if (now - context.at >= BLOCK_MS) return [];
  const money = (micros: number): string => formatMoney({ micros, currency: 'USD' }, locale);
  const fill = context.window === null ? '' : ` of ${formatTokens(context.window, locale)}`;
  const share = context.window === null ? '' : ` (${formatPercent(context.tokens / context.window, locale)} used)`;
  const contextLine = `Context of the last response: ${formatTokens(context.tokens, locale)}${fill} tokens${share}, counted from local logs, ${formatAge(now - context.at)}`;
  if (block === null || !isActive(block, now)) return [contextLine];
  const kind = `API equivalent${block.unpriced ? ' + unpriced' : ''}`;
  const cost = block.costMicros === null ? null : `${money(block.costMicros)} ${kind}, estimated`;
  const burn = burnOf(block);
  const projection = projectionOf(block, now);
  const list = (parts: readonly (string | null)[]): string => parts.filter(part => part !== null).join(', ');
  return [
    `5-hour block ${formatClocks(block.startAt, block.endAt, zone, locale)}${block.told ? '' : ' (estimated)'}: ${list([counted(formatTokens(block.tokens, locale), 'token'), cost, formatAge(now - block.lastAt)])}`,
    ...(burn === null || projection === null ? [] : [`Pace, estimated: ${list([
      `${formatTokens(burn.tokensPerMinute, locale)} tokens/min (${burn.level})`, burn.microsPerHour === null ? null : `${money(burn.microsPerHour)}/h ${kind}`,
    ])}; at ${formatClock(block.endAt, zone, locale)}: ${list([counted(formatTokens(projection.tokens, locale), 'token'), projection.costMicros === null ? null : `${money(projection.costMicros)} ${kind}`])}`]),
    contextLine,
  ];
}
