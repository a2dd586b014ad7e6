import type { DashboardState } from '../core/protocol';

export interface DashboardPage {
  /** The webview's own origin, as VS Code names it for a policy. */
  readonly cspSource: string;
  /** Fresh for each page. The modules that the entry imports inherit it, so no other script runs. */
  readonly nonce: string;
  readonly scriptUri: string;
  /** Drawn at once, without a round trip to the host; null: nothing is known yet. */
  readonly state: DashboardState | null;
}

/** Nothing but our own script, styles, font and pictures; no connection, no inline style, no eval, no form, no frame. */
function policy({ cspSource, nonce }: DashboardPage): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** JSON for a data block: with no '<' in it, no name of an account or model can end the block. */
export function dataBlock(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

const attribute = (value: string): string => value.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

/** The page of the dashboard: the state as data and one element that draws it. */
export function dashboardHtml(page: DashboardPage): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy(page))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quota Monitor</title>
<script type="application/json" id="state">${dataBlock(page.state)}</script>
<script type="module" nonce="${attribute(page.nonce)}" src="${attribute(page.scriptUri)}"></script>
</head>
<body>
<quota-dashboard></quota-dashboard>
</body>
</html>
`;
}
