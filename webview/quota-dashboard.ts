import { css, html, LitElement, nothing } from 'lit';
import { agedSnapshot, spansOf } from '../src/core/agedSnapshot';
import type { DashboardParams, DashboardRequestName, DashboardState } from '../src/core/protocol';
import type { Snapshot } from '../src/core/snapshot';
import { MINUTE_MS, systemClock, type Disposable } from '../src/core/time';
import type { Wording } from '../src/core/words';
import './account-card';
import type { Actions } from './actions';
import './card-skeleton';
import { Connection, type UiState } from './connection';
import './dashboard-header';
import { FocusReturn } from './focusReturn';
import { icon, type IconName } from './icons';
import './state-message';
import { strings } from './strings';
import { base } from './styles';
import './usage-section';

const USAGE_DAYS = 30;
const SKELETONS = [0, 1, 2];
/** So many cards are in the first picture, more than most screens hold; the rest follows a frame later. */
const FIRST_CARDS = 12;

/** The state that came with the page, so that the first picture needs no round trip. Null: none. */
function firstState(): DashboardState | null {
  return JSON.parse(document.getElementById('state')?.textContent ?? 'null') as DashboardState | null;
}

/** The whole dashboard: draws the newest state and passes on what is asked. */
export class QuotaDashboard extends LitElement {
  static override properties = {
    view: { state: true },
    now: { state: true },
    problem: { state: true },
    said: { state: true },
    ui: { state: true },
    shown: { state: true },
  };
  static override styles = [base, css`
    :host {
      padding: 20px 24px 40px; color: var(--vscode-foreground); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size, 13px);
      line-height: 1.4;
    }
    main { max-inline-size: 1680px; margin-inline: auto; }
    .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 312px), 1fr)); gap: 16px; margin-block-start: 24px; }
    .cards > li { min-inline-size: 0; content-visibility: auto; contain-intrinsic-block-size: auto 360px; }
    usage-section { margin-block-start: 32px; }
    .banner {
      display: flex; align-items: center; gap: 8px; flex-wrap: wrap; margin-block-start: 16px; padding: 8px 12px; border-radius: 4px;
      border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border, transparent)));
      border-inline-start: 3px solid var(--vscode-editorWarning-foreground); background: var(--vscode-editorWidget-background);
    }
    .banner.bad { border-inline-start-color: var(--vscode-editorError-foreground); }
    .banner span:not(.icon) { flex: 1; min-inline-size: 180px; overflow-wrap: anywhere; }
    .providers { display: grid; gap: 6px; margin-block-start: 28px; text-align: start; }
    .providers b { font-weight: 600; }
    @media (max-width: 600px) { :host { padding: 14px 14px 28px; } .cards { gap: 12px; margin-block-start: 16px; } }
  `];

  private view = firstState();
  private now = systemClock.now();
  private problem: string | null = null;
  /** Of the refresh that was asked for last, for screen readers: the eye sees the icons turn. */
  private said = '';
  private ui: UiState;
  /** Where the page was when it was hidden, which ended it; null: it has been there again. */
  private place: number | null;
  private shown = FIRST_CARDS;
  private tick: Disposable | null = null;
  private focusReturn: FocusReturn | null = null;
  private readonly connection: Connection;
  private readonly actions: Actions = {
    refresh: accountId => void this.refresh(accountId),
    stopLogs: accountId => void this.ask('stopLogs', { accountIds: [accountId] }),
    command: (name, accountId) => {
      this.focusReturn?.remember();
      void this.ask('command', { name, accountId: accountId ?? null });
    },
  };
  private readonly loadUsage = () => this.connection.request('usage', { days: USAGE_DAYS });

  constructor() {
    super();
    this.connection = new Connection(view => {
      this.view = view;
      this.now = systemClock.now();
    });
    const { scrollTop, ...ui } = this.connection.readUi();
    this.ui = ui;
    this.place = scrollTop;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.planTick();
    this.focusReturn = new FocusReturn();
    document.addEventListener('scrollend', this.keepPlace);
    void this.ask('ready', {});
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.tick?.dispose();
    this.focusReturn?.dispose();
    document.removeEventListener('scrollend', this.keepPlace);
  }

  override updated(): void {
    if (this.shown === Infinity) return this.goBack();
    if (this.view?.snapshot == null) return;
    requestAnimationFrame(() => requestAnimationFrame(() => { this.shown = Infinity; }));
  }

  override render() {
    const snapshot = this.trueSnapshot;
    return html`<main aria-busy=${snapshot === null && this.starting}>
      <p class="hidden" role="status">${this.said}</p>
      <dashboard-header .accounts=${snapshot?.accounts ?? null} .priceDate=${snapshot?.priceDate ?? null} .wording=${this.wording} .actions=${this.actions}></dashboard-header>
      ${this.problem === null ? nothing : this.banner('error', this.problem, html`
        <button class="tool" aria-label=${strings.dismiss} title=${strings.dismiss} @click=${() => { this.problem = null; }}>${icon('close')}</button>`)}
      ${snapshot?.storeWarning == null ? nothing : this.banner('warning', snapshot.storeWarning)}
      ${snapshot === null ? this.withoutSnapshot() : this.withSnapshot(snapshot)}
    </main>`;
  }

  private get starting(): boolean {
    return this.view === null || this.view.engine.state === 'starting' || this.view.engine.state === 'running';
  }

  /** What is still true of the last snapshot, also when no engine sends another. */
  private get trueSnapshot(): Snapshot | null {
    const { snapshot, engine } = this.view ?? { snapshot: null, engine: null };
    const served = engine?.state === 'starting' || engine?.state === 'running';
    return snapshot === null || served ? snapshot : agedSnapshot(snapshot, spansOf(snapshot), this.now);
  }

  private get wording(): Wording {
    const display = this.view?.display ?? { locale: navigator.language, percent: 'used' as const };
    return { ...display, now: this.now, zone: this.view?.snapshot?.zone ?? 'UTC' };
  }

  private withoutSnapshot() {
    if (this.starting) {
      return html`<p class="hidden" role="status">${strings.loading}</p>
        <ul class="cards" aria-hidden="true">${SKELETONS.map(() => html`<li><card-skeleton></card-skeleton></li>`)}</ul>`;
    }
    const message = this.view?.engine.message ?? null;
    return this.view?.engine.state === 'elsewhere'
      ? html`<state-message role="status" icon="window" heading=${strings.elsewhereTitle} .text=${message ?? strings.elsewhereText}></state-message>`
      : html`<state-message role="alert" icon="error" tone="critical" heading=${strings.failedTitle} .text=${message}>
          <button class="primary" @click=${() => this.actions.command('showLog')}>${icon('output')}${strings.showLog}</button></state-message>`;
  }

  private withSnapshot(snapshot: Snapshot) {
    return html`${this.engineBanner()}${snapshot.accounts.length === 0 ? this.empty(snapshot) : this.cards(snapshot)}`;
  }

  private engineBanner() {
    const engine = this.view?.engine;
    const said = (banner: string): string => [banner, engine?.message ?? null].filter(sentence => sentence !== null).join(' ');
    if (engine?.state === 'elsewhere') return this.banner('window', said(strings.elsewhereBanner));
    if (engine?.state !== 'failed') return nothing;
    return this.banner('error', said(strings.failedBanner), html`
      <button @click=${() => this.actions.command('showLog')}>${strings.showLog}</button>`);
  }

  private banner(picture: IconName, text: string, control: unknown = nothing) {
    return html`<div class="banner ${picture === 'error' ? 'bad' : ''}" role="status">${icon(picture, picture === 'error' ? 'critical' : 'warning')}
      <span>${text}</span>${control}</div>`;
  }

  private cards(snapshot: Snapshot) {
    const { accounts } = snapshot;
    return html`<h2 class="hidden">${strings.accounts}</h2>
      <ul class="cards">${accounts.slice(0, this.shown).map(account => html`<li>
        <account-card .account=${account} .wording=${this.wording} .actions=${this.actions}></account-card></li>`)}</ul>
      ${accounts.length > this.shown ? nothing : html`<usage-section .snapshot=${snapshot} .locale=${this.wording.locale} .ui=${this.ui} .load=${this.loadUsage} .onUi=${this.keepUi}></usage-section>`}`;
  }

  private empty({ providers }: Snapshot) {
    return html`<state-message icon="dashboard" heading=${strings.emptyTitle} text=${strings.emptyText}>
      <button class="primary" @click=${() => this.actions.command('addAccount')}>${icon('add')}${strings.addAccount}</button>
      ${providers.length === 0 ? nothing : html`<ul class="providers small" aria-label=${strings.emptyProviders}>
        ${providers.map(({ name, summary }) => html`<li><b>${name}</b> <span class="quiet">${summary}</span></li>`)}</ul>`}</state-message>`;
  }

  private readonly keepUi = (ui: UiState): void => {
    this.ui = ui;
    this.keepPlace();
  };

  private readonly keepPlace = (): void => this.connection.writeUi({ ...this.ui, scrollTop: this.place ?? window.scrollY });

  /** All cards are there: as far down as before. */
  private goBack(): void {
    if (this.place === null) return;
    window.scrollTo(0, this.place);
    this.place = null;
  }

  /** Ages are told in minutes: no timer is faster than that. */
  private planTick(): void {
    this.tick?.dispose();
    this.tick = systemClock.after(MINUTE_MS, () => {
      this.now = systemClock.now();
      this.planTick();
    });
  }

  private async refresh(accountId: string | null): Promise<void> {
    const name = this.view?.snapshot?.accounts.find(({ id }) => id === accountId)?.alias ?? strings.allAccounts;
    this.said = strings.readingOf(name);
    this.said = await this.ask('refresh', { accountId }) ? strings.finishedReading(name) : '';
  }

  /** False: it failed, and the reader is told. */
  private async ask<K extends Exclude<DashboardRequestName, 'usage'>>(name: K, params: DashboardParams<K>): Promise<boolean> {
    try {
      await this.connection.request(name, params);
      return true;
    } catch (error) {
      this.problem = strings.requestFailed(error instanceof Error ? error.message : String(error));
      return false;
    }
  }
}
customElements.define('quota-dashboard', QuotaDashboard);
