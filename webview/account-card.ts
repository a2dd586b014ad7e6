import { css, html, LitElement, nothing } from 'lit';
import { activityLines } from '../src/core/activity';
import { formatInstant } from '../src/core/format';
import type { AccountState, AccountView } from '../src/core/snapshot';
import { unreadText } from '../src/core/unreadText';
import { ageText, failureText, standingLabel, stateIcon, stateLabel, type Wording } from '../src/core/words';
import type { Actions } from './actions';
import { facts } from './facts';
import { icon } from './icons';
import { progressBar, progressBarStyles } from './progress-bar';
import { strings } from './strings';
import { base, surface } from './styles';
import './spark-line';
import './usage-figure';
import './usage-meter';

const TONE: Record<AccountState, string> = {
  'waiting': 'muted', 'ok': 'ok', 'warning': 'warning', 'critical': 'critical', 'stale': 'warning', 'error': 'critical', 'signed-out': 'warning',
};

/** All that is known of one account. */
export class AccountCard extends LitElement {
  static override properties = {
    account: { attribute: false },
    wording: { attribute: false },
    actions: { attribute: false },
  };
  static override styles = [base, surface, progressBarStyles, css`
    :host { display: flex; flex-direction: column; block-size: 100%; }
    article { display: flex; flex-direction: column; flex: 1; gap: 16px; padding: 14px 16px 6px; min-inline-size: 0; }
    /* Room for a second line, so that the meters of cards side by side begin at one height. */
    header { display: flex; align-items: baseline; justify-content: space-between; gap: 12px; min-block-size: 3em; }
    .names { min-inline-size: 0; }
    h3 { font-size: 1.077em; }
    .names .dots { margin-block-start: 2px; }
    .state { display: inline-flex; align-items: baseline; gap: 5px; flex: none; }
    .state .icon { align-self: center; }
    .meters { display: grid; gap: 14px; }
    .lower { display: flex; flex-direction: column; flex: 1; gap: 16px; }
    .figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 16px; }
    /* Takes the room that a taller card beside this one leaves. */
    spark-line { flex: 1; max-block-size: 150px; margin-block-start: 2px; }
    :host { --divider: var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border, transparent))); }
    .failure { display: flex; gap: 8px; overflow-wrap: anywhere; }
    .failure button { margin-block-start: 8px; }
    .unread { display: grid; grid-template-columns: 1fr auto; align-items: center; gap: 4px 12px; }
    .unread p { grid-column: 1 / -1; }
    .notes { display: grid; gap: 4px; }
    .notes li { overflow-wrap: anywhere; }
    footer {
      display: flex; align-items: center; justify-content: space-between; gap: 8px; flex-wrap: wrap;
      margin-block-start: auto; padding-block-start: 6px; border-block-start: 1px solid var(--divider);
    }
    footer .dots { min-inline-size: 0; flex: 1; }
    .actions { display: flex; margin-inline-end: -6px; }
  `];

  account!: AccountView;
  wording!: Wording;
  actions!: Actions;

  override render() {
    const { account, wording } = this;
    return html`<article aria-labelledby="name">
      <header>
        <div class="names"><h3 id="name">${account.alias}</h3>${this.subtitle()}</div>
        <span class="state">${icon(stateIcon(account.state), TONE[account.state])}${stateLabel(account.state)}</span>
      </header>
      ${this.failure()}
      ${account.meters.length === 0 ? nothing : html`<div class="meters">${account.meters.map(meter => html`
        <usage-meter .meter=${meter} .wording=${wording} .takenAt=${account.takenAt}></usage-meter>`)}</div>`}
      ${this.nothingYet()}
      <div class="lower">
        ${this.figures()}
        ${account.sparkline === null ? nothing : html`<spark-line .data=${account.sparkline} .locale=${wording.locale}></spark-line>`}
        ${this.activity()}
        ${this.unread()}
        ${this.notes()}
        ${this.footer()}
      </div>
    </article>`;
  }

  private subtitle() {
    const { providerName, plan, identity, alias } = this.account;
    const parts = [providerName === alias ? null : providerName, plan, identity].filter(part => part !== null);
    return parts.length === 0 ? nothing : facts(parts);
  }

  private failure() {
    const { account: { failure, state, id, alias }, wording, actions } = this;
    if (failure === null) return nothing;
    const mendable = failure.kind === 'auth' || failure.kind === 'wrong-key';
    return html`<div class="failure">${icon(state === 'error' ? 'error' : 'warning', state === 'error' ? 'critical' : 'warning')}
      <div><p>${failureText(failure, wording)}</p>${mendable ? html`
        <button aria-label=${strings.signInTo(alias)} @click=${() => actions.command('editAccount', id)}>${strings.signIn}</button>` : nothing}</div></div>`;
  }

  private nothingYet() {
    const { meters, today, month, failure, takenAt } = this.account;
    if (meters.length > 0 || today !== null || month !== null || failure !== null) return nothing;
    return html`<p class="quiet">${takenAt === null ? strings.firstReading : strings.noFigures}</p>`;
  }

  private figures() {
    const { account: { today, month, id, alias }, wording, actions } = this;
    if (today === null && month === null) return nothing;
    return html`<div class="figures">
      ${today === null ? nothing : html`<usage-figure .figure=${today} period="day" .wording=${wording}></usage-figure>`}
      ${month === null ? nothing : html`<usage-figure .figure=${month} period="month" .wording=${wording}></usage-figure>`}
    </div>${[today, month].some(figure => figure !== null && figure.unpriced.length > 0) ? html`<div>
      <button aria-label=${strings.setPricesFor(alias)} @click=${() => actions.command('setPrices', id)}>${strings.setPrices}</button></div>` : nothing}`;
  }

  private activity() {
    const { account: { activity }, wording } = this;
    const lines = activity === null ? [] : activityLines(activity, wording);
    return lines.length === 0 ? nothing : html`<ul class="notes small number" aria-label=${strings.activity}>${lines.map(line => html`<li>${line}</li>`)}</ul>`;
  }

  /** What is unread of its logs, in a word; the notes have it too. */
  private unread() {
    const { account: { unread, id, alias }, actions } = this;
    if (unread === null) return nothing;
    const [label, name, run] = unread.stopped ? [strings.goOn, strings.goOnWith(alias), () => actions.refresh(id)] as const
      : [strings.stopLogs, strings.stopLogsOf(alias), () => actions.stopLogs(id)] as const;
    return html`<div class="unread">${progressBar(strings.logsRead(alias), unread.readShare)}<button aria-label=${name} @click=${run}>${label}</button>
      <p class="small quiet">${unreadText(unread)}</p></div>`;
  }

  private notes() {
    const { notes, unread } = this.account;
    const others = unread === null ? notes : notes.filter(note => note !== unreadText(unread));
    return others.length === 0 ? nothing : html`<ul class="notes small quiet">${others.map(note => html`<li>${note}</li>`)}</ul>`;
  }

  private footer() {
    const { account, wording: { now, zone, locale }, actions } = this;
    const { alias, id, refreshing, takenAt } = account;
    const tool = (name: string, label: string, run: () => void, spin = false) => html`
      <button class="tool" aria-label=${label} title=${label} @click=${run}>${icon(name, spin ? 'spin' : '')}</button>`;
    const age = html`<span title=${takenAt === null ? nothing : strings.readAt(formatInstant(takenAt, zone, locale))}>
      ${refreshing ? strings.reading : ageText(account, now)}</span>`;
    return html`<footer>
      ${facts([age, standingLabel(account.standing)])}
      <div class="actions">
        ${tool('refresh', strings.refresh(alias), () => actions.refresh(id), refreshing)}
        ${tool('edit', strings.edit(alias), () => actions.command('editAccount', id))}
        ${tool('trash', strings.remove(alias), () => actions.command('removeAccount', id))}
      </div></footer>`;
  }
}
customElements.define('account-card', AccountCard);
