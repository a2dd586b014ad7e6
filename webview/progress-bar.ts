import { css, html } from 'lit';

export const progressBarStyles = css`
  .progress { display: block; inline-size: 100%; block-size: 4px; border-radius: 2px; overflow: hidden; }
  .progress .track { fill: var(--vscode-foreground); fill-opacity: 0.14; }
  .progress .fill { fill: var(--vscode-progressBar-background); }
`;

/** A thin bar that says how much of some work is done. @param share 0 to 1. */
export function progressBar(label: string, share: number) {
  const percent = Math.floor(100 * Math.min(1, Math.max(0, share)));
  return html`<svg class="progress" role="progressbar" aria-label=${label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${percent}>
    <rect class="track" width="100%" height="100%"></rect><rect class="fill" width="${percent}%" height="100%" rx="2"></rect></svg>`;
}
