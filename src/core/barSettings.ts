/** The settings that the status bar needs, parsed and bounded without zod: they are read before anything else is loaded. */
import type { DisplaySettings } from './settings';

export interface StatusBarSettings {
  readonly show: boolean;
  readonly alignment: 'left' | 'right';
  /** What the item shows, in this order: see `statusParts`. */
  readonly parts: readonly string[];
  readonly maxParts: number;
}

export interface BarSettings {
  readonly display: DisplaySettings;
  readonly statusBar: StatusBarSettings;
}

export const defaultDisplaySettings: DisplaySettings = { locale: 'en-US', percent: 'used' };
export const defaultStatusBarSettings: StatusBarSettings = { show: true, alignment: 'right', parts: ['accounts', 'spend'], maxParts: 4 };

/** Where the values come from. */
export interface BarSource {
  /** The value of a setting by its whole name, 'quotaMonitor.percent'; undefined: there is none. */
  get(name: string): unknown;
  /** VS Code's display language. */
  readonly locale: string;
}

export const notUsable = (name: string): string => `The setting ${name} has a value that cannot be used: the default is used instead.`;

const MAX_PARTS = 20;
const MAX_PART = 60;
const MAX_SHOWN = 10;

/** What a setting means; null: it cannot be used. */
type Parse<T> = (value: unknown) => T | null;
const oneOf = <T extends string | boolean>(...all: readonly T[]): Parse<T> => value => all.find(each => each === value) ?? null;
const parts: Parse<readonly string[]> = value => {
  if (!Array.isArray(value) || value.length > MAX_PARTS) return null;
  const names = value.map((name: unknown) => (typeof name === 'string' ? name.trim() : ''));
  return names.every(name => name.length > 0 && name.length <= MAX_PART) ? names : null;
};
const count: Parse<number> = value => (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_SHOWN ? (value as number) : null);

/** @returns the settings, and a sentence for each value that was no good and for which the default stands. */
export function readBarSettings(source: BarSource): { readonly settings: BarSettings; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const own = <T>(setting: string, parse: Parse<T>, fallback: T): T => {
    const name = `quotaMonitor.${setting}`;
    const value = source.get(name);
    if (value === undefined) return fallback;
    const parsed = parse(value);
    if (parsed === null) problems.push(notUsable(name));
    return parsed ?? fallback;
  };
  const bar = defaultStatusBarSettings;
  const settings: BarSettings = {
    display: { locale: source.locale, percent: own('percent', oneOf('used', 'left'), defaultDisplaySettings.percent) },
    statusBar: {
      show: own('statusBar.show', oneOf(true, false), bar.show),
      alignment: own('statusBar.alignment', oneOf('left', 'right'), bar.alignment),
      parts: own('statusBar.parts', parts, bar.parts),
      maxParts: own('statusBar.maxParts', count, bar.maxParts),
    },
  };
  return { settings, problems };
}
