/** Colours and patterns of the charts. Read when drawing, since a canvas knows no style sheets and themes change at run time. */
import type { Disposable } from '../src/core/time';

/** Theme tokens for the series, in turn. */
export const PALETTE = ['blue', 'purple', 'green', 'orange', 'red', 'yellow'] as const;
/** Side of a pattern's tile, CSS px. */
export const TILE = 8;
/** Strokes over the colour, so that colour is not the only signal; '' is plain. As long as no multiple of the palette, pairs differ. */
export const PATTERNS = [
  '',
  'M-2 10L10 -2M-2 2L2 -2M6 10L10 6',
  'M0 4H8',
  'M-2 -2L10 10M-2 6L2 10M6 -2L10 2',
  'M4 0V8',
  'M-2 10L10 -2M-2 -2L10 10',
  'M4 4h.01M0 0h.01M8 0h.01M0 8h.01M8 8h.01',
] as const;

/** How the series at `index` looks. */
export const lookOf = (index: number): { readonly color: (typeof PALETTE)[number]; readonly pattern: string } => ({
  color: PALETTE[index % PALETTE.length] ?? 'blue',
  pattern: PATTERNS[index % PATTERNS.length] ?? '',
});

export interface ChartTheme {
  readonly fontFamily: string;
  /** CSS px. */
  readonly fontSize: number;
  readonly foreground: string;
  readonly quiet: string;
  readonly lines: string;
  readonly background: string;
  /** Set in high contrast themes only. */
  readonly border: string | null;
  readonly tooltip: { readonly background: string; readonly foreground: string; readonly border: string };
  readonly palette: Readonly<Record<(typeof PALETTE)[number], string>>;
}

export function readTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string | null => style.getPropertyValue(`--vscode-${name}`).trim() || null;
  const foreground = token('foreground') ?? style.color;
  const background = token('editor-background') ?? 'transparent';
  const border = token('contrastBorder');
  const color = (name: (typeof PALETTE)[number]): [string, string] => [name, token(`charts-${name}`) ?? foreground];
  return {
    fontFamily: token('font-family') ?? 'sans-serif',
    fontSize: Number.parseFloat(token('font-size') ?? '') || 13,
    foreground,
    quiet: token('descriptionForeground') ?? foreground,
    lines: token('charts-lines') ?? foreground,
    background,
    border,
    tooltip: {
      background: token('editorHoverWidget-background') ?? background,
      foreground: token('editorHoverWidget-foreground') ?? foreground,
      border: border ?? token('editorHoverWidget-border') ?? foreground,
    },
    palette: Object.fromEntries(PALETTE.map(color)) as ChartTheme['palette'],
  };
}

/** VS Code changes the body's class and the root's properties when the theme changes. */
export function watchTheme(onChange: () => void): Disposable {
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  return { dispose: () => observer.disconnect() };
}
