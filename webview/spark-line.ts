import { css, html, LitElement, nothing } from 'lit';
import { formatPercent, formatTokens } from '../src/core/format';
import type { Sparkline } from '../src/core/snapshot';
import { sparklinePath } from '../src/core/svg';
import { HOUR_MS } from '../src/core/time';
import { strings } from './strings';
import { base } from './styles';

const WIDTH = 240;
const HEIGHT = 32;

/** The last day as a line; gaps stay gaps. */
export class SparkLine extends LitElement {
  static override properties = {
    data: { attribute: false },
    locale: {},
  };
  static override styles = [base, css`
    :host, figure { display: flex; flex-direction: column; }
    figure { flex: 1; }
    svg { display: block; flex: 1 0 34px; inline-size: 100%; block-size: 34px; overflow: visible; }
    .floor { stroke: var(--vscode-foreground); stroke-opacity: 0.2; }
    .line {
      fill: none; stroke: var(--vscode-charts-blue, var(--vscode-foreground)); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round;
    }
    path { vector-effect: non-scaling-stroke; }
    figcaption { display: flex; justify-content: space-between; gap: 12px; margin-block-start: 4px; }
    figcaption span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    figcaption span:last-child { white-space: nowrap; }
  `];

  data!: Sparkline;
  locale = '';

  override render() {
    const { label, values, stepMs } = this.data;
    const known = values.filter(value => value !== null);
    const hours = Math.round((stepMs * values.length) / HOUR_MS);
    const peak = known.length === 0 ? null : Math.max(...known);
    const latest = known[known.length - 1];
    const [latestText, peakText] = [latest, peak].map(value => (value == null ? null : this.text(value)));
    const name = peak === null ? strings.sparklineEmpty(label, hours)
      : latestText == null || peakText == null ? strings.sparklineShape(label, hours) : strings.sparkline(label, hours, latestText, peakText);
    return html`<figure>
      <svg role="img" aria-label=${name} viewBox="0 -1 ${WIDTH} ${HEIGHT + 2}" preserveAspectRatio="none">
        <path class="floor" d="M0 ${HEIGHT}H${WIDTH}"></path>
        <path class="line" d=${sparklinePath(this.data, WIDTH, HEIGHT)}></path>
      </svg>
      <figcaption class="quiet small number" aria-hidden="true">
        <span class="sentence">${label} · ${strings.hours(hours)}</span><span>${peak === null ? strings.unknown : peakText == null ? nothing : strings.peak(peakText)}</span>
      </figcaption></figure>`;
  }

  /** Null: money, whose currency the line does not tell. */
  private text(value: number): string | null {
    switch (this.data.unit) {
      case 'ratio': return formatPercent(value, this.locale);
      case 'tokens': return formatTokens(value, this.locale);
      case 'micros': return null;
    }
  }
}
customElements.define('spark-line', SparkLine);
