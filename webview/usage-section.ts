import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { COST_KINDS } from '../src/core/costKinds';
import type { CostKind } from '../src/core/reading';
import type { Snapshot } from '../src/core/snapshot';
import { MINUTE_MS, systemClock, type Disposable } from '../src/core/time';
import type { UiState } from './connection';
import { kindName, type CostView } from './costs';
import './day-costs';
import { icon } from './icons';
import './model-costs';
import { nameList, strings } from './strings';
import { base } from './styles';
import { currenciesOf, inOrder, rowsOf, withoutDays, type Usage } from './usageTables';

/** The last 30 days. Asks for them when it is about to come into view, and again after later snapshots, a minute apart at least. */
export class UsageSection extends LitElement {
  static override properties = {
    snapshot: { attribute: false },
    locale: {},
    ui: { attribute: false },
    load: { attribute: false },
    onUi: { attribute: false },
    usage: { state: true },
    failure: { state: true },
  };
  static override styles = [base, css`
    .bar { display: flex; align-items: center; justify-content: space-between; gap: 12px; flex-wrap: wrap; margin-block-end: 12px; }
    h2 { font-size: 1.231em; }
    .controls { display: flex; align-items: center; gap: 12px; flex-wrap: wrap; }
    fieldset { display: inline-flex; margin: 0; padding: 0; border: 0; min-inline-size: 0; }
    fieldset label {
      padding: 3px 11px; line-height: 20px; cursor: pointer; border: 1px solid var(--vscode-radio-inactiveBorder, var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border))));
      color: var(--vscode-radio-inactiveForeground, var(--vscode-foreground)); background: var(--vscode-radio-inactiveBackground, transparent);
    }
    fieldset label:first-of-type { border-start-start-radius: 4px; border-end-start-radius: 4px; }
    fieldset label:last-of-type { border-start-end-radius: 4px; border-end-end-radius: 4px; }
    fieldset label:not(:first-of-type) { margin-inline-start: -1px; }
    fieldset label:hover { background: var(--vscode-radio-inactiveHoverBackground, var(--vscode-toolbar-hoverBackground)); }
    fieldset label:has(:checked) {
      position: relative; font-weight: 600; text-decoration: underline; text-underline-offset: 4px; border-color: var(--vscode-radio-activeBorder, var(--vscode-focusBorder));
      color: var(--vscode-radio-activeForeground, var(--vscode-foreground)); background: var(--vscode-radio-activeBackground, transparent);
    }
    fieldset label:has(:focus-visible) { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; z-index: 1; }
    fieldset input { position: absolute; opacity: 0; inline-size: 1px; block-size: 1px; margin: 0; }
    select {
      font: inherit; min-block-size: 28px; padding: 0 6px; border-radius: 4px; color: var(--vscode-dropdown-foreground);
      background: var(--vscode-dropdown-background); border: 1px solid var(--vscode-dropdown-border, var(--vscode-contrastBorder, transparent));
    }
    .panels { display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; align-items: start; }
    .message { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; min-block-size: 96px; }
    .note { display: flex; gap: 6px; margin-block-end: 12px; overflow-wrap: anywhere; }
    .note .icon { font-size: 14px; }
    @media (min-width: 960px) { .panels { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } }
  `];

  snapshot!: Snapshot;
  locale = '';
  ui!: UiState;
  load!: () => Promise<Usage>;
  onUi!: (ui: UiState) => void;
  private usage: Usage | null = null;
  /** Of when the days were asked for: what was read since is not in them. */
  private accounts: Snapshot['accounts'] = [];
  private failure: string | null = null;
  /** The time of the snapshot that the rows came with; null: not asked for. */
  private askedAt: number | null = null;
  /** Asks for what a snapshot told that came too early to ask at once. */
  private later: Disposable | null = null;
  /** A little before it is seen: who tabs past the last card must find its controls there. */
  private readonly sight = new IntersectionObserver(entries => {
    if (this.askedAt === null && entries.some(({ isIntersecting }) => isIntersecting)) void this.ask();
  }, { root: document, rootMargin: '160px 0px' });

  override connectedCallback(): void {
    super.connectedCallback();
    this.sight.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sight.disconnect();
    this.later?.dispose();
    this.later = null;
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('snapshot') || this.askedAt === null || this.snapshot.madeAt === this.askedAt) return;
    const early = this.askedAt + MINUTE_MS - this.snapshot.madeAt;
    if (early <= 0) void this.ask();
    else this.later ??= systemClock.after(early, () => void this.ask());
  }

  override render() {
    const { usage } = this;
    if (usage === null) return html`<section aria-labelledby="title"><div class="bar"><h2 id="title">${strings.usageTitle}</h2></div>${this.message()}</section>`;
    const kind = this.ui.costKind ?? COST_KINDS.find(each => currenciesOf(usage, each).length > 0) ?? 'spent';
    const currencies = currenciesOf(usage, kind);
    const currency = currencies.find(each => each === this.ui.currency) ?? currencies[0] ?? 'USD';
    return html`<section aria-labelledby="title" @open-change=${this.onOpen}>
      <div class="bar"><h2 id="title">${strings.usageTitle}</h2>
        <div class="controls">${this.currencies(currencies, currency)}${this.kinds(kind)}</div></div>
      ${this.failure === null ? nothing : this.message()}
      ${this.inTotalOnly(usage, kind)}
      ${this.panels(usage, kind, currency)}
    </section>`;
  }

  private message() {
    if (this.failure === null) return html`<p class="message quiet" role="status">${strings.usageLoading}</p>`;
    return html`<div class="message" role="status">${icon('error', 'critical')}<span>${strings.usageFailed(this.failure)}</span>
      <button @click=${this.ask}>${strings.tryAgain}</button></div>`;
  }

  private inTotalOnly(usage: Usage, kind: CostKind) {
    const names = withoutDays(this.accounts, usage, kind);
    return names.length === 0 ? nothing : html`<p class="note small">${icon('info', 'muted')}<span>${strings.noDays(nameList(names))}</span></p>`;
  }

  private panels(usage: Usage, kind: CostKind, currency: string) {
    if (rowsOf(usage, kind, currency).length === 0) {
      if (withoutDays(this.accounts, usage, kind).length > 0) return nothing;
      return html`<p class="message quiet">${icon('info')}${kind === 'spent' ? strings.noSpent : strings.noEquivalent}</p>`;
    }
    const { providers, accounts } = this.snapshot;
    const order = inOrder(rowsOf(usage, kind, currency).map(({ providerId }) => providerId), providers.map(({ id }) => id));
    const names = new Map([...accounts.map(({ providerId, providerName }) => [providerId, providerName] as const), ...providers.map(({ id, name }) => [id, name] as const)]);
    const view: CostView = {
      usage, kind, currency, locale: this.locale, order, providerName: id => names.get(id) ?? id,
    };
    return html`<div class="panels"><day-costs .view=${view} .open=${this.ui.daysOpen}></day-costs>
      <model-costs .view=${view} .open=${this.ui.modelsOpen}></model-costs></div>`;
  }

  private kinds(chosen: CostKind) {
    return html`<fieldset><legend class="hidden">${strings.costKind}</legend>${COST_KINDS.map(kind => html`
      <label><input type="radio" name="kind" value=${kind} .checked=${kind === chosen}
        @change=${() => this.onUi({ ...this.ui, costKind: kind })}>${kindName(kind)}</label>`)}</fieldset>`;
  }

  private currencies(currencies: readonly string[], chosen: string) {
    if (currencies.length < 2) return nothing;
    return html`<select aria-label=${strings.currency} @change=${({ target }: Event) => this.onUi({ ...this.ui, currency: (target as HTMLSelectElement).value })}>
      ${currencies.map(currency => html`<option value=${currency} ?selected=${currency === chosen}>${currency}</option>`)}</select>`;
  }

  private onOpen({ target, detail }: CustomEvent<boolean>): void {
    this.onUi({ ...this.ui, [(target as Element).localName === 'day-costs' ? 'daysOpen' : 'modelsOpen']: detail });
  }

  private async ask(): Promise<void> {
    this.later?.dispose();
    this.later = null;
    const { madeAt, accounts } = this.snapshot;
    this.askedAt = madeAt;
    try {
      this.usage = await this.load();
      this.accounts = accounts;
      this.failure = null;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }
}
customElements.define('usage-section', UsageSection);
