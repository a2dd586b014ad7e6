import type { Disposable } from '../src/core/time';

/** What has the focus, through all shadow roots. */
function focused(): HTMLElement | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement != null) element = element.shadowRoot.activeElement;
  return element instanceof HTMLElement && element !== document.body ? element : null;
}

/**
 * Brings the focus back to the control that opened a dialog of the editor. When that ends, VS Code gives the focus to the page as a whole,
 * and Tab would begin at its top.
 */
export class FocusReturn implements Disposable {
  private control: HTMLElement | null = null;
  private readonly ending = new AbortController();

  constructor() {
    const { signal } = this.ending;
    window.addEventListener('focus', () => this.comeBack(), { signal });
    window.addEventListener('pointerdown', () => { this.control = null; }, { signal, capture: true });
  }

  /** The control that is used now opens a dialog. */
  remember(): void {
    this.control = focused();
  }

  dispose(): void {
    this.ending.abort();
  }

  /** A frame later: Tab goes on to the first control once the page has the focus. */
  private comeBack(): void {
    const { control } = this;
    this.control = null;
    if (control !== null) requestAnimationFrame(() => control.focus());
  }
}
