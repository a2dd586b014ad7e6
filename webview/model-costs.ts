import { css, html, LitElement, nothing } from 'lit';
import { formatCount } from '../src/core/format';
import './bar-chart';
import { lookOf, TILE } from './chartTheme';
import type { Bars } from './charts';
import { cellText, kindName, lookIndex, moneyText, sourcesOf, tickText, type CostView } from './costs';
import './data-table';
import { facts } from './facts';
import { icon } from './icons';
import './number-disclosure';
import { strings } from './strings';
import { base, surface } from './styles';
import { modelRows, totalOf, type ModelRow } from './usageTables';

/** So many bars are drawn; the table has all. */
const DRAWN = 8;

/** Money by model, and the table of it with tokens and requests. */
export class ModelCosts extends LitElement {
  static override properties = {
    view: { attribute: false },
    open: { type: Boolean },
  };
  static override styles = [base, surface, css`
    :host { padding: 14px 16px; min-inline-size: 0; }
    h3 { font-size: 1em; }
    bar-chart { margin-block-start: 10px; }
    number-disclosure { margin-block-start: 10px; }
    .unpriced { display: flex; gap: 6px; margin-block-start: 10px; }
    .unpriced .icon { font-size: 14px; }
  `];

  view!: CostView;
  open = false;

  override render() {
    const rows = modelRows(this.view.usage, this.view.kind, this.view.currency);
    const drawn = rows.filter(({ cost }) => cost.micros !== null).slice(0, DRAWN);
    const kind = kindName(this.view.kind);
    const more = rows.length - drawn.length;
    return html`
      <h3>${strings.modelTitle}</h3>
      ${facts(sourcesOf(this.view))}
      ${drawn.length === 0 ? nothing : html`<bar-chart .bars=${this.bars(drawn)}
        .label=${strings.modelChart(kind, drawn.map(row => `${this.name(row)} ${cellText(row.cost, this.view)}`).join(', '))}></bar-chart>`}
      ${more === 0 ? nothing : html`<p class="quiet small">${strings.otherModels(more)}</p>`}
      ${rows.some(({ cost }) => cost.unpriced)
        ? html`<p class="unpriced small">${icon('warning', 'warning')}<span>${strings.unpricedNote}</span></p>` : nothing}
      <number-disclosure .open=${this.open} .content=${() => this.table(rows, kind)}></number-disclosure>`;
  }

  private name({ model }: ModelRow): string {
    return model ?? strings.noModel;
  }

  private bars(rows: readonly ModelRow[]): Bars {
    const { view } = this;
    return {
      labels: rows.map(row => this.name(row)),
      series: [{
        name: kindName(view.kind),
        values: rows.map(({ cost }) => cost.micros),
        looks: rows.map(({ providerId }) => lookOf(lookIndex(providerId, view))),
      }],
      lying: true,
      tile: TILE,
      text: micros => moneyText(micros, view),
      tick: (micros, step) => tickText(micros, step, view),
    };
  }

  private table(rows: readonly ModelRow[], kind: string) {
    const { view } = this;
    const count = (value: number | null): string => (value === null ? strings.unknown : formatCount(value, view.locale));
    const numbers = ({ tokens, requests, cost }: Pick<ModelRow, 'tokens' | 'requests' | 'cost'>) => [cellText(cost, view), count(tokens), count(requests)];
    return html`<data-table .name=${strings.modelCaption(kind, view.currency)} .textColumns=${1}
      .columns=${[strings.model, strings.provider, strings.cost, strings.tokensHead, strings.requestsHead]}
      .rows=${rows.map(row => [this.name(row), view.providerName(row.providerId), ...numbers(row)])}
      .foot=${[strings.total, '', ...numbers(totalOf(rows))]}></data-table>`;
  }
}
customElements.define('model-costs', ModelCosts);
