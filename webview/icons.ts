import { html, type TemplateResult } from 'lit';

/** Code points of @vscode/codicons; test/webview/icons.test.ts compares them with the font's own style sheet. */
export const codePoints = {
  'add': 0xea60,
  'chevron-right': 0xeab6,
  'circle-slash': 0xeabd,
  'close': 0xea76,
  'dashboard': 0xeacd,
  'edit': 0xea73,
  'error': 0xea87,
  'gear': 0xeaf8,
  'history': 0xea82,
  'info': 0xea74,
  'key': 0xeb11,
  'output': 0xeb9d,
  'pass': 0xeba4,
  'refresh': 0xeb37,
  'sync': 0xea77,
  'trash': 0xea81,
  'warning': 0xea6c,
  'window': 0xeb7f,
} as const;
export type IconName = keyof typeof codePoints;

const isIconName = (name: string): name is IconName => Object.hasOwn(codePoints, name);

/** A picture beside its word, never in place of it: hidden from screen readers. An unknown name draws nothing. */
export function icon(name: string, className = ''): TemplateResult {
  return html`<span class="icon ${className}" aria-hidden="true">${isIconName(name) ? String.fromCodePoint(codePoints[name]) : ''}</span>`;
}

/** Style sheets inside shadow roots cannot declare fonts; this does, without holding back the first paint. */
export function loadIconFont(): void {
  const font = new FontFace('codicon', `url(${JSON.stringify(new URL('./codicon.ttf', import.meta.url).href)})`, { display: 'block' });
  document.fonts.add(font);
}
