import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { icon } from './icons';
import { strings } from './strings';
import { base } from './styles';

/** Opens and closes the table below a chart; the table is made when it is opened. Tells it with the event 'open-change'. */
export class NumberDisclosure extends LitElement {
  static override properties = {
    open: { type: Boolean },
    content: { attribute: false },
  };
  static override styles = [base, css`
    summary { display: inline-flex; align-items: center; gap: 4px; padding: 3px 6px 3px 2px; border-radius: 4px; cursor: pointer; user-select: none; }
    summary:hover { background: var(--vscode-toolbar-hoverBackground); }
    details[open] summary { margin-block-end: 8px; }
    .icon { transition: transform 0.1s; }
    details[open] .icon { transform: rotate(90deg); }
  `];

  open = false;
  content!: () => TemplateResult;

  override render() {
    return html`<details ?open=${this.open} @toggle=${this.onToggle}>
      <summary>${icon('chevron-right')}${strings.showTable}</summary>
      ${this.open ? this.content() : nothing}</details>`;
  }

  private onToggle({ target }: Event): void {
    const { open } = target as HTMLDetailsElement;
    if (open === this.open) return;
    this.open = open;
    this.dispatchEvent(new CustomEvent<boolean>('open-change', { detail: open, bubbles: true, composed: true }));
  }
}
customElements.define('number-disclosure', NumberDisclosure);
