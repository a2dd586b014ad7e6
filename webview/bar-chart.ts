import { css, html, LitElement } from 'lit';
import type { Disposable } from '../src/core/time';
import { readTheme, watchTheme } from './chartTheme';
import type { Bars } from './charts';
import { strings } from './strings';
import { base } from './styles';

/** A picture of numbers that stand in the table below it. Chart.js comes with the first one that is drawn. */
export class BarChart extends LitElement {
  static override properties = {
    label: {},
    bars: { attribute: false },
    failed: { state: true },
  };
  static override styles = [base, css`
    .box { position: relative; inline-size: 100%; block-size: 240px; }
    .box.lying { block-size: calc(var(--rows) * 30px); }
    canvas { position: absolute; inset: 0; }
  `];

  /** What the picture says, in words. */
  label = '';
  bars!: Bars;
  private failed = false;
  private drawing: Disposable | null = null;
  /** What is drawn now: words and numbers. The same picture is not drawn again. */
  private drawn = '';
  private theme: Disposable | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.theme = watchTheme(() => void this.draw());
    if (this.hasUpdated) void this.draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.theme?.dispose();
    this.drawing?.dispose();
    this.drawing = null;
  }

  override updated(): void {
    const picture = this.label + JSON.stringify(this.bars);
    if (picture === this.drawn) return;
    this.drawn = picture;
    this.style.setProperty('--rows', String(this.bars.labels.length));
    void this.draw();
  }

  override render() {
    if (this.failed) return html`<p class="quiet">${strings.chartFailed}</p>`;
    return html`<div class="box ${this.bars.lying ? 'lying' : ''}"><canvas role="img" aria-label=${this.label}></canvas></div>`;
  }

  private async draw(): Promise<void> {
    try {
      const { drawBars } = await import('./charts');
      const canvas = this.renderRoot.querySelector('canvas');
      if (!this.isConnected || canvas === null) return;
      this.drawing?.dispose();
      this.drawing = drawBars(canvas, this.bars, readTheme());
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }
}
customElements.define('bar-chart', BarChart);
