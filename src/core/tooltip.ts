/**
 * The status bar's tooltip, with pictures: Markdown that is one block of HTML, since the extension host reads the whole of a tooltip's
 * Markdown anew each time that anything of its item changes, and a block of HTML is read in a tenth of the time. Every word from outside
 * (aliases, models, messages, what a vendor calls an organisation) goes through `escapeText`; the links are our own commands and no other.
 */
import { activityLines } from './activity';
import { COST_KINDS } from './costKinds';
import { counted, formatAge, formatMoneys, formatMonth, formatReset, formatTokens, formatZone } from './format';
import { hasOldFigures, oldestFigures } from './levels';
import { sumMoney } from './money';
import type { EngineEvent } from './protocol';
import type { AccountView, Figure, MeterView, Snapshot } from './snapshot';
import { bindingMeter, urgency } from './statusText';
import { barPicture, sparklinePicture } from './svg';
import { MINUTE_MS } from './time';
import { unreadText } from './unreadText';
import { ageText, failureText, figureAge, meterValue, provenanceLabel, stateIcon, stateLabel, type Wording } from './words';

export interface TooltipCommands {
  readonly refresh: string;
  readonly openDashboard: string;
  readonly addAccount: string;
  readonly setPrices: string;
}

const MAX_ACCOUNTS = 12;
/** Up to here there is room for more meters of each. */
const FEW = 4;

/**
 * Text that HTML, Markdown and the codicon syntax all leave alone: whatever is no letter, digit or space becomes a character
 * reference. Line breaks and invisible characters (which could reorder what is read) become spaces. Bounded to 600 characters.
 */
export function escapeText(text: string): string {
  const line = [...text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()].slice(0, 600).join('');
  return line.replace(/[^\p{L}\p{N} ]/gu, character => `&#${character.codePointAt(0) ?? 0xfffd};`);
}

const picture = (source: string, words: string, width: number, height: number): string =>
  `<img src="${source}" alt="${escapeText(words)}" width="${width}" height="${height}">`;

/** An icon has a column of its own, since a line may break beside it. */
type Cells = readonly [icon: string, label: string, picture: string, value: string, rest: string];
const GAP: Cells = ['', '', '', '', ''];
/** The value keeps away from its neighbours. */
const row = ([icon, label, image, value, rest]: Cells): string =>
  `<tr>${[icon === '' ? '' : `$(${icon})`, label, image, value === '' ? '' : `&#160;${value}&#160;&#160;`, rest].map(cell => `<td>${cell}</td>`).join('')}</tr>`;
const bold = (html: string): string => `<strong>${html}</strong>`;
const paragraph = (html: string): string => `<p>${html}</p>`;
const link = (command: string, html: string, title: string): string => `<a href="command:${command}" title="${title}">${html}</a>`;
/** Does not break: the column of values is as wide as the widest. */
const tight = (text: string): string => escapeText(text).replaceAll(' ', '&#160;');
const list = (parts: readonly (string | null)[]): string => parts.filter(part => part !== null).map(escapeText).join(', ');

function meterRow(meter: MeterView, wording: Wording): Cells {
  const value = meterValue(meter, wording);
  const bar = meter.ratio === null || meter.expired ? '' : picture(barPicture(meter.ratio, meter.level), value, 80, 8);
  const icon = meter.level === 'ok' || meter.expired ? '' : stateIcon(meter.level);
  // The vendor's own number needs no word beside it here; a guess does.
  const origin = meter.provenance === 'reported' || meter.provenance === 'billed' ? null : provenanceLabel(meter.provenance);
  return [icon, escapeText(meter.label), bar, bold(tight(value)), list([formatReset(meter, wording.now, wording.zone, wording.locale), origin])];
}

/** Today and the month in one row: money, or tokens where no money is known. The zone stands once, or with the month where that follows another. */
function usageRow({ today, month }: AccountView, { locale, now }: Wording): Cells | null {
  const first = today ?? month;
  if (first === null) return null;
  const hasMoney = (today?.costs.length ?? 0) + (month?.costs.length ?? 0) > 0;
  const amount = (figure: Figure | null): string | null => {
    if (figure === null) return null;
    return hasMoney ? formatMoneys(figure.costs, locale) : figure.tokens === null ? null : formatTokens(figure.tokens, locale);
  };
  const [day, sum] = [amount(today), amount(month)];
  if (day === null && sum === null) return null;
  const last = month ?? first;
  const [zone, monthZone] = [first, last].map(({ dayZone }) => formatZone(dayZone, now, locale));
  const what = !hasMoney ? 'Tokens' : first.costKind === 'equivalent' ? 'API equivalent' : 'Spent';
  const rest = sum === null ? null : `${sum} in ${formatMonth(last.dayZone, now, locale)}${monthZone === zone ? '' : ` (${monthZone})`}`;
  // An API equivalent is an estimate by its name.
  const guessed = (figure: Figure | null): boolean => (hasMoney ? first.costKind === 'spent' && figure?.costProvenance === 'estimated' : figure?.tokenProvenance === 'estimated');
  const [dayGuessed, sumGuessed] = [day !== null && guessed(today), sum !== null && guessed(month)];
  const which = dayGuessed === sumGuessed || day === null || sum === null ? '' : dayGuessed ? 'today ' : 'month ';
  const origin = dayGuessed || sumGuessed ? `${which}${provenanceLabel('estimated')}` : null;
  const age = hasMoney ? figureAge(today?.trueAt === undefined ? last : today, now) : null;
  return ['', tight(`${what} (${zone})`), '', day === null ? '' : `${bold(tight(day))}&#160;today`, list([rest, origin, age])];
}

/** The first ones, and the one that the bar shows. */
function shownMeters(account: AccountView, max: number): readonly MeterView[] {
  const first = account.meters.slice(0, max);
  const binding = bindingMeter(account);
  return binding === null || first.includes(binding) ? first : [...first.slice(0, -1), binding];
}

/** The most urgent ones, which the bar shows, in their order. */
function shownAccounts(accounts: readonly AccountView[]): readonly AccountView[] {
  const urgent = new Set(accounts.toSorted((a, b) => urgency(b) - urgency(a)).slice(0, MAX_ACCOUNTS));
  return accounts.filter(account => urgent.has(account));
}

function accountRows(account: AccountView, maxMeters: number, wording: Wording, { setPrices }: TooltipCommands): readonly Cells[] {
  const { failure, meters, sparkline, state, month, today } = account;
  const source = sparkline === null ? null : sparklinePicture(sparkline, 80, 20);
  const trend = sparkline === null || source === null ? '' : picture(source, sparkline.label, 80, 20);
  const unpriced = (month?.unpriced.length ? month : today)?.unpriced ?? [];
  const oldest = Math.min(...meters.map(({ trueAt }) => trueAt));
  // A file or a vendor may tell old numbers in a fresh read.
  const since = account.takenAt !== null && account.takenAt - oldest > 2 * MINUTE_MS ? `numbers from ${formatAge(wording.now - oldest)}` : null;
  const rows: readonly (Cells | null)[] = [
    [state === 'ok' ? '' : stateIcon(state), bold(escapeText(account.alias)), trend, tight([state === 'ok' ? null : stateLabel(state), account.plan].filter(part => part !== null).join(', ')), list([ageText(account, wording.now), since])],
    ...shownMeters(account, maxMeters).map(meter => meterRow(meter, wording)),
    meters.length > maxMeters ? ['', `${meters.length - maxMeters} more`, '', '', 'in the dashboard'] : null,
    usageRow(account, wording),
    ...(account.activity === null ? [] : activityLines(account.activity, wording).map((line): Cells => ['', '', '', '', escapeText(line)])),
    unpriced.length === 0 ? null : ['question', tight('No price known'), '', tight(counted(formatTokens(unpriced.reduce((sum, { tokens }) => sum + tokens, 0), wording.locale), 'token')), `${list(unpriced.slice(0, 3).map(({ model }) => model))} ${link(setPrices, 'Set prices', 'Set prices of models')}`],
    account.unread === null ? null : ['', '', '', '', escapeText(unreadText(account.unread))],
    failure === null ? null : ['', 'Last try failed', '', '', list([failureText(failure, wording)])],
  ];
  return rows.filter(cells => cells !== null);
}

/** 'Spent today: $3.21 (UTC)' where several accounts add up to it, each kind of money on a line of its own; a day is named with its zone. */
function totals(accounts: readonly AccountView[], { locale, now }: Wording): readonly string[] {
  return COST_KINDS.flatMap(kind => {
    const having = accounts.filter(({ today }) => today?.costKind === kind && today.costs.length > 0);
    const figures = having.flatMap(({ today }) => today ?? []);
    const zones = [...new Set(figures.map(({ dayZone }) => dayZone))];
    const sums = zones.map(zone => `${formatMoneys(sumMoney(figures.filter(({ dayZone }) => dayZone === zone).flatMap(({ costs }) => costs)), locale)} (${formatZone(zone, now, locale)})`);
    const oldestAt = oldestFigures(having);
    const old = oldestAt === null ? '' : `, ${having.every(hasOldFigures) ? 'all' : 'some'} of it last known, ${formatAge(now - oldestAt)}`;
    return figures.length < 2 ? [] : [`${kind === 'spent' ? 'Spent today' : 'API equivalent of plan usage today (≈, not money spent)'}: ${sums.join(' + ')}${old}`];
  });
}

/** The whole tooltip, without a line break: a blank line would end the block. Links run `commands`, which the caller lists as the only trusted ones. */
export function tooltipHtml(snapshot: Snapshot | null, engine: EngineEvent<'engineState'>, commands: TooltipCommands, wording: Wording): string {
  const links = paragraph([
    link(commands.refresh, '$(refresh) Refresh', 'Refresh all accounts'),
    link(commands.openDashboard, '$(dashboard) Dashboard', 'Open the dashboard'),
    link(commands.addAccount, '$(add) Add account', 'Add an account'),
  ].join('&nbsp;&nbsp;&nbsp;'));
  const plain = (title: string, text: string): string => paragraph(bold(title)) + paragraph(escapeText(text));
  if (engine.state === 'failed') return plain('Quota Monitor failed', engine.message ?? 'The log tells more.');
  if (engine.state === 'elsewhere') return plain('Quota Monitor runs in another window', engine.message ?? 'That window shows the numbers.');
  if (snapshot === null) return paragraph(bold('Quota Monitor is starting'));
  if (snapshot.accounts.length === 0) return plain('Quota Monitor', 'No account yet.') + links;
  const shown = shownAccounts(snapshot.accounts);
  const hidden = snapshot.accounts.length - shown.length;
  const maxMeters = shown.length > FEW ? 2 : 4;
  const sums = totals(snapshot.accounts, wording);
  return [
    links,
    snapshot.storeWarning === null ? '' : paragraph(`$(warning) ${escapeText(snapshot.storeWarning)}`),
    `<table>${shown.flatMap((account, i) => [...(i > 0 ? [GAP] : []), ...accountRows(account, maxMeters, wording, commands)]).map(row).join('')}</table>`,
    hidden > 0 ? paragraph(`${hidden} more in the dashboard.`) : '',
    sums.length === 0 ? '' : paragraph(sums.map(escapeText).join('<br>')),
  ].join('');
}
