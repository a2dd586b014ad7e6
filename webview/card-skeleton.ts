import { css, html, LitElement } from 'lit';
import { base, surface } from './styles';

/** The shape of a card before its numbers are known. */
export class CardSkeleton extends LitElement {
  static override styles = [base, surface, css`
    :host { padding: 14px 16px; }
    svg { display: block; inline-size: 100%; block-size: 168px; animation: breathe 1.6s ease-in-out infinite alternate; }
    rect { fill: var(--vscode-foreground); fill-opacity: 0.1; }
    @keyframes breathe { from { opacity: 0.55; } to { opacity: 1; } }
  `];

  override render() {
    return html`<svg aria-hidden="true">
      <rect y="2" width="38%" height="14" rx="3"></rect><rect y="24" width="24%" height="10" rx="3"></rect>
      <rect y="58" width="30%" height="10" rx="3"></rect><rect y="76" width="100%" height="6" rx="3"></rect>
      <rect y="106" width="34%" height="10" rx="3"></rect><rect y="124" width="100%" height="6" rx="3"></rect>
      <rect y="154" width="46%" height="10" rx="3"></rect></svg>`;
  }
}
customElements.define('card-skeleton', CardSkeleton);
