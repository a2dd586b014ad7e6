import type { Sparkline } from './snapshot';

type Line = Pick<Sparkline, 'values' | 'unit'>;

/**
 * The `d` of an SVG path through the values, oldest at the left. A null is a gap, never a zero; a value between two gaps is a dot
 * (draw with round line caps). '' when nothing is known. The largest value is at the upper edge, but of shares the whole, so that
 * a few percent look like a few.
 */
export function sparklinePath({ values, unit }: Line, width: number, height: number): string {
  const max = Math.max(unit === 'ratio' ? 1 : 0, ...values.map(value => value ?? 0));
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const round = (x: number): string => String(Math.round(x * 10) / 10);
  const parts: string[] = [];
  values.forEach((value, i) => {
    if (value === null) return;
    const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
    const point = `${round(i * step)} ${round(height - share * height)}`;
    const starts = (values[i - 1] ?? null) === null;
    const alone = starts && (values[i + 1] ?? null) === null;
    parts.push(alone ? `M${point}h0` : starts ? `M${point}` : `L${point}`);
  });
  return parts.join('');
}

/**
 * Pictures that stand outside of any style sheet (a tooltip's) cannot follow the theme: these middle tones keep a contrast of 3:1
 * and more on white, on black and on the usual dark greys.
 */
const TONES = { ok: '#2f81d8', warning: '#b8780a', critical: '#e0454a', frame: '#808080' } as const;

const dataUri = (width: number, height: number, body: string): string =>
  `data:image/svg+xml;base64,${btoa(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`)}`;

/** A bar as a picture, filled to the ratio (0 and up; above 1 is full). */
export function barPicture(ratio: number, level: 'ok' | 'warning' | 'critical', width = 80, height = 8): string {
  const filled = Math.round(Math.min(1, Math.max(0, ratio)) * (width - 2) * 10) / 10;
  return dataUri(width, height,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="2" fill="none" stroke="${TONES.frame}"/>`
    + `<rect x="1" y="1" width="${filled}" height="${height - 2}" rx="1.5" fill="${TONES[level]}"/>`);
}

/** A sparkline as a picture. Null: there are not two values to compare. */
export function sparklinePicture(line: Line, width = 96, height = 24): string | null {
  if (line.values.filter(value => value !== null).length < 2) return null;
  const path = sparklinePath(line, width - 4, height - 4);
  return dataUri(width, height,
    `<path transform="translate(2 2)" d="${path}" fill="none" stroke="${TONES.ok}" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>`);
}
