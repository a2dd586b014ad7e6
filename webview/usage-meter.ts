import { css, html, LitElement, nothing } from 'lit';
import { formatAge, formatReset } from '../src/core/format';
import type { MeterView } from '../src/core/snapshot';
import { MINUTE_MS } from '../src/core/time';
import { formatMeterAmount, meterText, meterValue, provenanceLabel, type Wording } from '../src/core/words';
import { facts } from './facts';
import { icon } from './icons';
import { base } from './styles';

/** One window, balance or limit: its name, its value, a bar where there is a ratio, and where the number comes from. */
export class UsageMeter extends LitElement {
  static override properties = {
    meter: { attribute: false },
    wording: { attribute: false },
    takenAt: { attribute: false },
    level: { reflect: true },
  };
  static override styles = [base, css`
    .row { display: flex; align-items: baseline; justify-content: space-between; gap: 2px 12px; flex-wrap: wrap; }
    .label { min-inline-size: 0; overflow-wrap: anywhere; }
    .value { display: inline-flex; align-items: baseline; gap: 4px; font-weight: 600; white-space: nowrap; }
    .value .icon { align-self: center; font-size: 14px; }
    svg { display: block; inline-size: 100%; block-size: 6px; margin-block: 6px 5px; border-radius: 3px; overflow: hidden; }
    .track { fill: var(--vscode-foreground); fill-opacity: 0.14; }
    .fill { fill: var(--vscode-progressBar-background); }
    :host([level='warning']) .fill { fill: var(--vscode-editorWarning-foreground); }
    :host([level='critical']) .fill { fill: var(--vscode-editorError-foreground); }
  `];

  meter!: MeterView;
  wording!: Wording;
  /** When the account was read: the meter tells its own age only where that differs. */
  takenAt: number | null = null;
  level: MeterView['level'] = 'ok';

  override willUpdate(): void {
    this.level = this.meter.expired ? 'ok' : this.meter.level;
  }

  override render() {
    const { meter, wording } = this;
    const value = meterValue(meter, wording);
    const amount = formatMeterAmount(meter, wording.locale);
    const older = this.takenAt !== null && this.takenAt - meter.trueAt >= MINUTE_MS;
    const details = [
      amount === value ? null : amount,
      meter.expired ? null : formatReset(meter, wording.now, wording.zone, wording.locale),
      provenanceLabel(meter.provenance),
      older ? formatAge(wording.now - meter.trueAt) : null,
    ].filter(part => part !== null);
    return html`
      <div class="row">
        <span class="label">${meter.label}</span>
        <span class="value number">${this.level === 'ok' ? nothing : icon(this.level === 'warning' ? 'warning' : 'error', this.level)}${value}</span>
      </div>
      ${this.bar()}
      ${facts(details)}`;
  }

  private bar() {
    const { meter, wording } = this;
    if (meter.ratio === null || meter.expired) return nothing;
    const percent = Math.min(100, Math.max(0, Math.round(meter.ratio * 1000) / 10));
    return html`<svg role="meter" aria-label=${meter.label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${percent}
        aria-valuetext=${meterText(meter, wording)}>
      <rect class="track" width="100%" height="100%"></rect><rect class="fill" width="${percent}%" height="100%" rx="3"></rect></svg>`;
  }
}
customElements.define('usage-meter', UsageMeter);
