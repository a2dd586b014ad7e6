import { css, html, LitElement, svg } from 'lit';
import { lookOf, TILE } from './chartTheme';
import { base } from './styles';

export interface LegendEntry {
  readonly name: string;
  readonly value: string;
  /** Place in the palette. */
  readonly index: number;
}

/** Name, look and total of each series, as text beside the same pattern that the chart draws. */
export class ChartLegend extends LitElement {
  static override properties = {
    entries: { attribute: false },
  };
  static override styles = [base, css`
    ul { display: flex; flex-wrap: wrap; gap: 4px 20px; }
    li { display: inline-flex; align-items: center; gap: 8px; min-inline-size: 0; overflow-wrap: anywhere; }
    svg { flex: none; inline-size: 16px; block-size: 16px; }
    .frame { fill: none; stroke: var(--vscode-contrastBorder, transparent); }
    .mark { fill: none; stroke: var(--vscode-editor-background); stroke-width: 1.25; stroke-opacity: 0.6; stroke-linecap: round; }
    .blue { fill: var(--vscode-charts-blue); } .orange { fill: var(--vscode-charts-orange); } .green { fill: var(--vscode-charts-green); }
    .purple { fill: var(--vscode-charts-purple); } .yellow { fill: var(--vscode-charts-yellow); } .red { fill: var(--vscode-charts-red); }
    b { font-weight: 600; }
  `];

  entries: readonly LegendEntry[] = [];

  override render() {
    return html`<ul>${this.entries.map(({ name, value, index }) => html`<li>${swatch(index)}<span>${name} <b class="number">${value}</b></span></li>`)}</ul>`;
  }
}
customElements.define('chart-legend', ChartLegend);

function swatch(index: number) {
  const { color, pattern } = lookOf(index);
  const id = `look-${index}`;
  return html`<svg viewBox="0 0 16 16" aria-hidden="true">
    ${svg`<defs><pattern id=${id} width=${TILE} height=${TILE} patternUnits="userSpaceOnUse">
      <rect class=${color} width=${TILE} height=${TILE}></rect><path class="mark" d=${pattern}></path></pattern></defs>
      <rect fill="url(#${id})" width="16" height="16" rx="3"></rect><rect class="frame" x=".5" y=".5" width="15" height="15" rx="3"></rect>`}</svg>`;
}
