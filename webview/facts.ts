import { html } from 'lit';

/** Short facts in a row, with dots between those that share a line; styled by `base`. */
export const facts = (parts: readonly unknown[]) => html`<div class="dots quiet small number"><span>${parts.map(part => html`<span>${part}</span>`)}</span></div>`;
