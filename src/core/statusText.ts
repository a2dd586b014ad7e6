/** What the one status bar item says. Decided here, drawn by the host. */
import type { StatusBarSettings } from './barSettings';
import { COST_KINDS } from './costKinds';
import { formatAge, formatDuration, formatMoneys, formatPercent } from './format';
import type { Glance, GlanceAccount, GlanceMeter } from './glance';
import { oldestFigures } from './levels';
import { type Money, sumMoney } from './money';
import type { EngineEvent } from './protocol';
import type { CostKind } from './reading';
import type { DisplaySettings } from './settings';
import type { Level } from './snapshot';
import type { EpochMs } from './time';
import { ageText, formatMeterAmount, meterValue, stateIcon, stateLabel } from './words';

export interface StatusText {
  /** For the bar, codicons as $(name). */
  readonly text: string;
  /** The same in words, for a screen reader. */
  readonly spoken: string;
  readonly level: Level;
}

export interface StatusInput {
  readonly snapshot: Glance | null;
  readonly engine: EngineEvent<'engineState'>;
  readonly display: DisplaySettings;
  readonly bar: Pick<StatusBarSettings, 'parts' | 'maxParts'>;
  readonly now: EpochMs;
}

/** The mark that stands alone when there is nothing to say in numbers. */
const MARK = '$(dashboard)';
/** Letters of a name, and where more than two accounts share the bar: VS Code cuts an item at 40 % of the window. */
const MAX_NAME = 18;
const MAX_NAME_AMONG_MANY = 12;
const LEVELS: readonly Level[] = ['ok', 'warning', 'critical'];

/** Names are the user's: no codicon syntax, no line breaks, cut before they flood the bar. */
export function barName(name: string, max = MAX_NAME): string {
  const plain = [...name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').replace(/\$+\(/g, '(').trim()];
  return plain.length > max ? `${plain.slice(0, max - 1).join('').trimEnd()}…` : plain.join('');
}

/** The meter that binds: the fullest one that is still true. Rates come and go in seconds and count only where nothing else does. */
export function bindingMeter<M extends GlanceMeter>({ meters }: { readonly meters: readonly M[] }): M | null {
  const rank = ({ ratio, kind, expired }: GlanceMeter): number => (ratio ?? -1) - (kind === 'rate' ? 1e6 : 0) - (expired ? 1e9 : 0);
  return meters.reduce<M | null>((best, meter) => (best === null || rank(meter) > rank(best) ? meter : best), null);
}

export interface Spend {
  /** One per currency. */
  readonly costs: readonly Money[];
  readonly kind: CostKind;
  /** Something in it has no known price. */
  readonly partial: boolean;
  /** When the oldest of what is only the last known was read. Null: all of it is of now. */
  readonly oldestAt: EpochMs | null;
}

/** Money spent today; where none is known, what plan usage would have cost. One or the other, never their sum. Null: neither. */
export function todaysSpend(accounts: readonly GlanceAccount[]): Spend | null {
  for (const kind of COST_KINDS) {
    const having = accounts.filter(({ today }) => today?.costKind === kind);
    const costs = sumMoney(having.flatMap(({ today }) => today?.costs ?? []));
    if (costs.length === 0) continue;
    return { costs, kind, partial: having.some(({ today }) => (today?.unpriced.length ?? 0) > 0), oldestAt: oldestFigures(having.filter(({ today }) => (today?.costs.length ?? 0) > 0)) };
  }
  return null;
}

/** One part of the bar. `share`: a percent that needs the word 'used' or 'left' after it, said once behind the last of a row. */
interface Part {
  readonly before: string;
  readonly share: string | null;
  readonly after: string;
  readonly spoken: string;
}

/** ' (3 h)', behind what is not of now. */
const shortAge = (at: EpochMs, now: EpochMs): string => ` (${formatDuration(now - at, 1)})`;

function spendPart(accounts: readonly GlanceAccount[], { display: { locale }, now }: StatusInput): Part | null {
  const spend = todaysSpend(accounts);
  const money = spend === null ? null : formatMoneys(spend.costs, locale);
  if (spend === null || money === null) return null;
  const what = spend.kind === 'spent' ? 'Spent today' : 'API equivalent of plan usage today, not money spent';
  const partial = spend.partial ? ', and some usage whose price is not known' : '';
  const [after, age] = spend.oldestAt === null ? ['', ''] : [shortAge(spend.oldestAt, now), `, last known ${formatAge(now - spend.oldestAt)}`];
  return { before: `${spend.kind === 'spent' ? '' : '≈'}${money}${spend.partial ? '+' : ''}`, share: null, after, spoken: `${what}${age}: ${money}${partial}` };
}

/**
 * @param named the user asked for this account: it says its money where it has no meter.
 * @returns makes the part, which most of many accounts do not need, since the bar has no room for them. Null: there is nothing to say.
 */
function accountPart(account: GlanceAccount, named: boolean, maxName: number, input: StatusInput): (() => Part) | null {
  const { display, now } = input;
  const { state } = account;
  const meter = bindingMeter(account);
  const bad = state === 'stale' || state === 'error' || state === 'signed-out';
  const shown = meter !== null && !meter.expired && (meter.ratio !== null || formatMeterAmount(meter, display.locale) !== null);
  const money = named && !shown ? spendPart([account], input) : null;
  if (!shown && money === null && !bad && state !== 'waiting' && !named) return null;
  return () => {
    const name = barName(account.alias, maxName);
    const wholeName = barName(account.alias, Infinity);
    const icon = state === 'ok' ? '' : `$(${stateIcon(state)}) `;
    const over = shown && meter.ratio !== null && meter.ratio > 1 && display.percent === 'left';
    const share = shown && meter.ratio !== null && !over ? formatPercent(display.percent === 'used' ? meter.ratio : 1 - meter.ratio, display.locale) : null;
    const value = share ?? (shown ? meterValue(meter, display) : money?.before ?? null);
    const spokenValue = shown ? `${meter.label} ${meterValue(meter, display)}` : money?.spoken ?? null;
    // A meter and old money tell the age of what is shown, however lately it was read.
    const spokenAge = shown ? formatAge(now - meter.trueAt) : (money?.after ?? '') === '' ? ageText(account, now) : null;
    const words = [state === 'ok' ? null : stateLabel(state), spokenValue, bad ? spokenAge : null].filter(word => word !== null);
    return {
      before: share === null && value !== null ? `${icon}${name} ${value}` : `${icon}${name}`,
      share,
      after: !shown ? money?.after ?? '' : bad ? shortAge(meter.trueAt, now) : '',
      spoken: words.length > 0 ? `${wholeName}: ${words.join(', ')}` : wholeName,
    };
  };
}

/** Worst first; ties keep their order. */
export const urgency = (account: GlanceAccount): number =>
  ({ 'critical': 4, 'warning': 3, 'signed-out': 2, 'error': 2, 'stale': 1, 'waiting': 0, 'ok': 0 })[account.state] + (bindingMeter(account)?.ratio ?? 0) / 1e6;

/**
 * 'accounts': all accounts that no other entry names; 'spend': today's money; else an alias or a provider's id, in any case of letters.
 * An account is shown once. Above `maxParts` the least urgent accounts give way and are counted.
 */
function chooseParts(input: StatusInput, snapshot: Glance): { readonly parts: readonly Part[]; readonly hidden: number } {
  const { bar } = input;
  const matches = (account: GlanceAccount, entry: string): boolean =>
    account.alias.toLowerCase() === entry.toLowerCase() || account.providerId === entry.toLowerCase();
  const isNamed = (account: GlanceAccount): boolean => bar.parts.some(entry => matches(account, entry));
  const maxName = Math.min(snapshot.accounts.length, bar.maxParts) > 2 ? MAX_NAME_AMONG_MANY : MAX_NAME;
  const chosen: { account: GlanceAccount | null; part: () => Part }[] = [];
  const taken = new Set<GlanceAccount>();
  for (const entry of bar.parts) {
    const spend = entry === 'spend' ? spendPart(snapshot.accounts, input) : null;
    if (spend !== null) chosen.push({ account: null, part: () => spend });
    for (const account of snapshot.accounts) {
      if (entry === 'accounts' ? isNamed(account) : !matches(account, entry)) continue;
      const part = taken.has(account) ? null : accountPart(account, entry !== 'accounts', maxName, input);
      if (part === null) continue;
      chosen.push({ account, part });
      taken.add(account);
    }
  }
  const room = Math.max(0, bar.maxParts - chosen.filter(({ account }) => account === null).length);
  const urgent = [...taken].map(account => ({ account, urgency: urgency(account) })).sort((a, b) => b.urgency - a.urgency);
  const kept = new Set(urgent.slice(0, room).map(({ account }) => account));
  const parts = chosen.filter(({ account }) => account === null || kept.has(account)).slice(0, bar.maxParts);
  return { parts: parts.map(({ part }) => part()), hidden: chosen.length - parts.length };
}

function joinParts(parts: readonly Part[], word: string): string {
  const last = parts.findLastIndex(({ share }) => share !== null);
  return parts.map(({ before, share, after }, i) => `${before}${share === null ? '' : ` ${share}${i === last ? ` ${word}` : ''}`}${after}`).join(' · ');
}

/** The item's words for every state that the engine and the accounts can be in. */
export function statusText(input: StatusInput): StatusText {
  const { snapshot, engine, display } = input;
  if (engine.state === 'failed') return { text: '$(error) Quota Monitor', spoken: `Quota Monitor failed${engine.message === null ? '' : `: ${engine.message}`}`, level: 'critical' };
  if (engine.state === 'elsewhere') return { text: '$(multiple-windows) Quota Monitor', spoken: 'Quota Monitor runs in another window', level: 'ok' };
  if (snapshot === null) return { text: '$(sync) Quota Monitor', spoken: 'Quota Monitor is starting', level: 'ok' };
  if (snapshot.accounts.length === 0) return { text: MARK, spoken: 'Quota Monitor: add account', level: 'ok' };
  const { parts, hidden } = chooseParts(input, snapshot);
  const worst = Math.max(...snapshot.accounts.map(({ state }) => LEVELS.indexOf(state as Level)), snapshot.storeWarning === null ? 0 : 1);
  const level = LEVELS[worst] ?? 'ok';
  const icon = level === 'ok' ? '' : `$(${stateIcon(level)})`;
  const joined = joinParts(parts, display.percent);
  const numbers = hidden > 0 && joined !== '' ? `${joined} · ${hidden} more` : joined;
  const text = [joined.includes(icon) ? '' : icon, numbers === '' && icon === '' ? MARK : numbers].filter(piece => piece !== '').join(' ');
  const spoken = [...parts.map(part => part.spoken), snapshot.storeWarning, hidden > 0 ? `${hidden} more` : null].filter(piece => piece !== null);
  return { text, spoken: `Quota Monitor. ${spoken.map(sentence => sentence.replace(/\.$/, '')).join('. ')}`, level };
}
