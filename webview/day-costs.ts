import { css, html, LitElement } from 'lit';
import { formatDay } from '../src/core/format';
import './bar-chart';
import './chart-legend';
import { lookOf, TILE } from './chartTheme';
import type { Bars } from './charts';
import { cellText, kindName, lookIndex, moneyText, sourcesOf, tickText, type CostView } from './costs';
import './data-table';
import { facts } from './facts';
import './number-disclosure';
import { strings } from './strings';
import { base, surface } from './styles';
import { dayTable, type DayTable } from './usageTables';

/** Money per day, stacked by provider, and the table of it. */
export class DayCosts extends LitElement {
  static override properties = {
    view: { attribute: false },
    open: { type: Boolean },
  };
  static override styles = [base, surface, css`
    :host { padding: 14px 16px; min-inline-size: 0; }
    h3 { font-size: 1em; }
    chart-legend { margin-block: 10px 14px; }
    number-disclosure { margin-block-start: 10px; }
  `];

  view!: CostView;
  open = false;

  override render() {
    const { view } = this;
    const table = dayTable(view.usage, view.kind, view.currency, view.order);
    const kind = kindName(view.kind);
    const entries = table.series.map(({ providerId, total }) => ({
      name: view.providerName(providerId), value: cellText(total, view), index: lookIndex(providerId, view),
    }));
    const words = strings.dayChart(kind, cellText(table.total, view), table.days.length, entries.map(({ name, value }) => `${name} ${value}`).join(', '));
    return html`
      <h3>${strings.dayTitle}</h3>
      ${facts([this.zones(table), ...sourcesOf(view)])}
      <chart-legend class="small" .entries=${entries}></chart-legend>
      <bar-chart .label=${words} .bars=${this.bars(table)}></bar-chart>
      <number-disclosure .open=${this.open} .content=${() => this.table(table, kind)}></number-disclosure>`;
  }

  private zones({ zones }: DayTable): string {
    const names = zones.map(({ zone, providerIds }) => (
      zones.length === 1 ? zone : strings.zoneOf(zone, providerIds.map(id => this.view.providerName(id)).join(', '))));
    return strings.zones(names.join('; '));
  }

  private bars({ days, series }: DayTable): Bars {
    const { view } = this;
    return {
      labels: days.map(day => formatDay(day, view.locale)),
      series: series.map(({ providerId, cells }) => ({
        name: view.providerName(providerId), values: cells.map(({ micros }) => micros), looks: [lookOf(lookIndex(providerId, view))],
      })),
      lying: false,
      tile: TILE,
      text: micros => moneyText(micros, view),
      tick: (micros, step) => tickText(micros, step, view),
    };
  }

  private table({ days, series, totals, total }: DayTable, kind: string) {
    const { view } = this;
    const text = (cell: DayTable['total'] | undefined): string => (cell === undefined ? strings.unknown : cellText(cell, view));
    const rows = days.map((day, i) => [formatDay(day, view.locale), ...series.map(({ cells }) => text(cells[i])), text(totals[i])]).reverse();
    return html`<data-table .name=${strings.dayCaption(kind, view.currency)}
      .columns=${[strings.day, ...series.map(({ providerId }) => view.providerName(providerId)), strings.total]} .rows=${rows}
      .foot=${[strings.total, ...series.map(({ total: sum }) => text(sum)), text(total)]}></data-table>`;
  }
}
customElements.define('day-costs', DayCosts);
