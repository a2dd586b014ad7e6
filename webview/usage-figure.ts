import { css, html, LitElement, nothing } from 'lit';
import { counted, formatMoneys, formatPeriod, formatTokens, formatUnpriced } from '../src/core/format';
import type { Figure } from '../src/core/snapshot';
import { figureAge, provenanceLabel, type Wording } from '../src/core/words';
import { icon } from './icons';
import { strings } from './strings';
import { base } from './styles';

/** What a day or a month of one account cost, with what has no price said beside it. */
export class UsageFigure extends LitElement {
  static override properties = {
    figure: { attribute: false },
    period: {},
    wording: { attribute: false },
  };
  static override styles = [base, css`
    :host { display: grid; grid-template-rows: subgrid; grid-row: span 3; }
    .cost { font-size: 1.231em; font-weight: 600; line-height: 1.4; }
    .unpriced { display: flex; gap: 4px; margin-block-start: 4px; overflow-wrap: anywhere; }
    .unpriced .icon { font-size: 14px; }
    .sentence { display: block; }
  `];

  figure!: Figure;
  period: 'day' | 'month' = 'day';
  wording!: Wording;

  override render() {
    const { figure, wording: { locale, now } } = this;
    const money = formatMoneys(figure.costs, locale);
    const unpriced = formatUnpriced(figure, locale);
    const source = money === null ? null : figure.costProvenance;
    const notes = [
      money !== null && figure.costKind === 'equivalent' ? strings.equivalent : null,
      source === null ? null : provenanceLabel(source),
      figureAge(figure, now),
    ].filter(note => note !== null);
    return html`
      <div class="quiet small">${formatPeriod(this.period, figure.dayZone, now, locale)}</div>
      <div class="cost number">${money ?? html`<span aria-hidden="true">${strings.unknown}</span><span class="hidden">${strings.costUnknown}</span>`}</div>
      <div>${notes.length === 0 ? nothing : html`<div class="quiet small sentence">${notes.join(', ')}</div>`}
      ${this.tokens()}
      ${unpriced === null ? nothing : html`<div class="unpriced small">${icon('warning', 'warning')}<span class="sentence">${unpriced}</span></div>`}</div>`;
  }

  /** Tokens name their own source where it is another one than the cost's. */
  private tokens() {
    const { figure: { tokens, tokenProvenance, costProvenance, costs }, wording: { locale } } = this;
    if (tokens === null) return nothing;
    const other = tokenProvenance !== null && (tokenProvenance !== costProvenance || costs.length === 0);
    return html`<div class="small number">${counted(formatTokens(tokens, locale), 'token')}${other
      ? html`<span class="quiet">, ${provenanceLabel(tokenProvenance)}</span>` : nothing}</div>`;
  }
}
customElements.define('usage-figure', UsageFigure);
