import { css, html, LitElement, nothing } from 'lit';
import { formatMoneys, formatUnpriced, formatZone } from '../src/core/format';
import type { AccountView } from '../src/core/snapshot';
import { provenanceLabel, type Wording } from '../src/core/words';
import type { Actions } from './actions';
import { icon } from './icons';
import { nameList, strings } from './strings';
import { base } from './styles';
import { kindTotals, missingAccounts, type KindTotals, type Total } from './totals';

/** The title, the totals over all accounts and what concerns all of them. */
export class DashboardHeader extends LitElement {
  static override properties = {
    accounts: { attribute: false },
    priceDate: { attribute: false },
    wording: { attribute: false },
    actions: { attribute: false },
  };
  static override styles = [base, css`
    .bar { display: flex; align-items: center; justify-content: space-between; gap: 12px; flex-wrap: wrap; }
    h1 { font-size: 1.538em; }
    .actions { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; }
    .totals { display: flex; flex-wrap: wrap; gap: 20px 56px; margin-block-start: 20px; }
    .kind { min-inline-size: 0; }
    h2 { font-size: 1em; }
    .figures { display: flex; flex-wrap: wrap; gap: 8px 32px; margin-block-start: 8px; }
    .money { font-size: 1.692em; font-weight: 600; line-height: 1.3; letter-spacing: -0.01em; overflow-wrap: anywhere; }
    .notes { display: grid; gap: 4px; margin-block-start: 10px; }
    .notes li { display: flex; align-items: baseline; gap: 6px; overflow-wrap: anywhere; }
    .notes li .icon { align-self: center; }
    .notes .icon { font-size: 14px; }
    .sentence { display: block; }
  `];

  /** Null: not known yet. */
  accounts: readonly AccountView[] | null = null;
  /** The day of the price table; null: there is none, or it is not known yet. */
  priceDate: string | null = null;
  wording!: Wording;
  actions!: Actions;

  override render() {
    const { accounts, actions } = this;
    return html`<header>
      <div class="bar">
        <h1>${strings.title}</h1>
        <div class="actions">
          ${accounts === null || accounts.length === 0 ? nothing : html`
            <button @click=${() => actions.refresh(null)}>${icon('refresh')}${strings.refreshAll}</button>
            <button class="primary" @click=${() => actions.command('addAccount')}>${icon('add')}${strings.addAccount}</button>`}
          <button class="tool" aria-label=${strings.openSettings} title=${strings.openSettings}
            @click=${() => actions.command('openSettings')}>${icon('gear')}</button>
        </div>
      </div>
      ${accounts === null ? nothing : this.totals(accounts)}
    </header>`;
  }

  private totals(accounts: readonly AccountView[]) {
    const spent = kindTotals(accounts, 'spent');
    const equivalent = kindTotals(accounts, 'equivalent');
    if (spent === null && equivalent === null) return nothing;
    const missing = missingAccounts(accounts);
    return html`<div class="totals">
        ${spent === null ? nothing : this.kind(strings.spent, strings.spentHint, spent)}
        ${equivalent === null ? nothing : this.kind(strings.equivalent, strings.equivalentHint(this.priceDate), equivalent)}
      </div>
      ${missing.length === 0 ? nothing : html`<ul class="notes small"><li>${icon('info', 'muted')}<span>${strings.missing(nameList(missing))}</span></li></ul>`}`;
  }

  private kind(title: string, hint: string, totals: KindTotals) {
    const unpriced = formatUnpriced(totals, this.wording.locale);
    return html`<section class="kind">
      <h2>${title}</h2><p class="quiet small">${hint}</p>
      <dl class="figures">${this.figure(strings.today, totals.day)}${this.figure(strings.thisMonth, totals.month)}</dl>
      ${unpriced === null && totals.outOfDate.length === 0 ? nothing : html`<ul class="notes small">
        ${unpriced === null ? nothing : html`<li>${icon('warning', 'warning')}<span class="sentence">${unpriced}</span>
          <button @click=${() => this.actions.command('setPrices')}>${strings.setPrices}</button></li>`}
        ${totals.outOfDate.length === 0 ? nothing : html`<li>${icon('history', 'muted')}<span>${strings.outOfDate(nameList(totals.outOfDate))}</span></li>`}
      </ul>`}
    </section>`;
  }

  private figure(name: string, { costs, zones, provenances }: Total) {
    const { locale, now } = this.wording;
    const days = [...new Set(zones.map(zone => formatZone(zone, now, locale)))].join(', ');
    const money = formatMoneys(costs, locale);
    return html`<div>
      <dt class="quiet small">${name}${days === '' ? nothing : ` (${days})`}</dt>
      <dd class="money number">${money ?? html`<span aria-hidden="true">${strings.unknown}</span><span class="hidden">${strings.costUnknown}</span>`}</dd>
      ${provenances.length === 0 ? nothing : html`<dd class="quiet small sentence">${provenances.map(provenanceLabel).join(', ')}</dd>`}
    </div>`;
  }
}
customElements.define('dashboard-header', DashboardHeader);
