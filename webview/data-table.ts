import { css, html, LitElement, nothing } from 'lit';
import { base } from './styles';

/** The first cell names the row. */
export type TableRow = readonly string[];

/** The numbers of a chart. The first column holds names, `textColumns` more hold words, the rest numbers. */
export class DataTable extends LitElement {
  static override properties = {
    name: {},
    columns: { attribute: false },
    textColumns: { type: Number },
    rows: { attribute: false },
    foot: { attribute: false },
  };
  static override styles = [base, css`
    .scroll { overflow: auto; max-block-size: 440px; border: 1px solid var(--divider); border-radius: 4px; }
    :host { --hover: var(--vscode-list-hoverBackground, transparent); --divider: var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border, transparent))); }
    .scroll:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 1px; }
    table { inline-size: 100%; border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; }
    caption { padding: 8px 10px; text-align: start; color: var(--vscode-descriptionForeground); }
    th, td { padding: 5px 10px; text-align: end; white-space: nowrap; font-weight: normal; border-block-start: 1px solid var(--divider); }
    tbody th, tfoot th, .word, thead th:first-child { text-align: start; }
    tbody th { max-inline-size: 320px; overflow-wrap: anywhere; white-space: normal; min-inline-size: 72px; }
    thead th, tfoot th, tfoot td { font-weight: 600; background: var(--vscode-editorWidget-background); }
    thead th { position: sticky; inset-block-start: 0; }
    tfoot th, tfoot td { position: sticky; inset-block-end: 0; }
    th[scope=row], thead th:first-child { position: sticky; inset-inline-start: 0; background: var(--vscode-editorWidget-background); }
    tfoot th, thead th:first-child { z-index: 1; }
    tbody tr:hover > * { background-image: linear-gradient(var(--hover), var(--hover)); }
  `];

  name = '';
  columns: readonly string[] = [];
  textColumns = 0;
  rows: readonly TableRow[] = [];
  foot: TableRow | null = null;

  override render() {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.name}><table>
      <caption>${this.name}</caption>
      <thead><tr>${this.columns.map((column, i) => html`<th scope="col" class=${this.kind(i)}>${column}</th>`)}</tr></thead>
      <tbody>${this.rows.map(row => this.row(row))}</tbody>
      ${this.foot === null ? nothing : html`<tfoot>${this.row(this.foot)}</tfoot>`}
    </table></div>`;
  }

  private row(cells: TableRow) {
    return html`<tr>${cells.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td class=${this.kind(i)}>${cell}</td>`))}</tr>`;
  }

  private kind(column: number): string {
    return column <= this.textColumns ? 'word' : 'figure';
  }
}
customElements.define('data-table', DataTable);
