import { css } from 'lit';

/** What every element shares: text, buttons, focus, icons. Only theme tokens, so that all four kinds of theme work. */
export const base = css`
  :host { display: block; box-sizing: border-box; }
  :host([hidden]) { display: none; }
  *, *::before, *::after { box-sizing: inherit; }
  h1, h2, h3, p, dl, dd, ul, figure { margin: 0; padding: 0; }
  h1, h2, h3 { font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
  ul { list-style: none; }
  .quiet { color: var(--vscode-descriptionForeground); }
  .small { font-size: 0.923em; }
  .number { font-variant-numeric: tabular-nums; }
  .hidden {
    position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
  .icon {
    display: inline-block; inline-size: 16px; flex: none; font: normal 16px/1 codicon; text-align: center; text-decoration: none;
    color: inherit; -webkit-font-smoothing: antialiased; user-select: none;
  }
  .dots { overflow: hidden; }
  .dots > span { display: flex; flex-wrap: wrap; margin-inline-start: -14px; }
  .dots > span > span { position: relative; padding-inline-start: 14px; overflow-wrap: anywhere; }
  .dots > span > span::before { content: '·' / ''; position: absolute; inset-inline-start: 5px; }
  .dots > span > span:first-child::first-letter, .sentence::first-letter { text-transform: uppercase; }
  .ok { color: var(--vscode-charts-green); }
  .warning { color: var(--vscode-editorWarning-foreground); }
  .critical { color: var(--vscode-editorError-foreground); }
  .muted { color: var(--vscode-descriptionForeground); }

  button {
    display: inline-flex; align-items: center; justify-content: center; gap: 6px; margin: 0; padding: 0 11px; min-block-size: 28px;
    border: 1px solid var(--vscode-button-border, transparent); border-radius: 4px; cursor: pointer;
    font: inherit; line-height: 18px; text-align: center; white-space: nowrap;
    color: var(--vscode-button-secondaryForeground, var(--vscode-foreground)); background: var(--vscode-button-secondaryBackground, transparent);
  }
  button:hover { background: var(--vscode-button-secondaryHoverBackground, var(--vscode-button-secondaryBackground)); }
  button.primary { color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
  button.primary:hover { background: var(--vscode-button-hoverBackground); }
  button.tool {
    padding: 0; inline-size: 28px; border-color: transparent; color: var(--vscode-icon-foreground, var(--vscode-foreground)); background: transparent;
  }
  button.tool:hover { background: var(--vscode-toolbar-hoverBackground); outline: 1px dashed var(--vscode-toolbar-hoverOutline, transparent); outline-offset: -1px; }
  button:focus-visible, summary:focus-visible, select:focus-visible {
    outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px;
  }
  button.tool:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }

  .spin { animation: spin 1.5s linear infinite; }
  @keyframes spin { to { transform: rotate(360deg); } }
  @media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; } }
`;

/** The frame of a card: quiet in colour themes, outlined in high contrast ones. */
export const surface = css`
  :host {
    border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border, transparent)));
    border-radius: 6px; background: var(--vscode-editorWidget-background); color: var(--vscode-foreground);
  }
`;
