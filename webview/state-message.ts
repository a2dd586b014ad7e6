import { css, html, LitElement, nothing } from 'lit';
import { icon, type IconName } from './icons';
import { base } from './styles';

/** A page with nothing to show but why, and what to do about it; the control goes into its slot. */
export class StateMessage extends LitElement {
  static override properties = {
    icon: {},
    tone: {},
    heading: {},
    text: {},
  };
  static override styles = [base, css`
    :host { display: grid; justify-items: center; gap: 8px; max-inline-size: 480px; margin: 9vh auto 0; text-align: center; }
    .picture .icon { inline-size: 40px; font-size: 40px; color: var(--vscode-descriptionForeground); }
    .picture .critical { color: var(--vscode-editorError-foreground); }
    h2 { font-size: 1.231em; margin-block-start: 8px; }
    p { line-height: 1.5; overflow-wrap: anywhere; }
    slot { display: block; margin-block-start: 8px; }
  `];

  icon: IconName = 'info';
  tone = '';
  heading = '';
  text: string | null = null;

  override render() {
    return html`<div class="picture">${icon(this.icon, this.tone)}</div><h2>${this.heading}</h2>
      ${this.text === null ? nothing : html`<p class="quiet">${this.text}</p>`}<slot></slot>`;
  }
}
customElements.define('state-message', StateMessage);
