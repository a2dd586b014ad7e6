/** Made-up use of models, the same for a seed however often and in whatever span it is asked for. */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Prices in picodollars (1e-12 USD) per token: whole numbers, so that truth is exact. */
export interface WorldModel {
  readonly name: string;
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
}

export interface WorldOptions {
  readonly seed: number;
  readonly models: readonly WorldModel[];
  readonly projects: readonly (string | null)[];
  /** Tokens in a busy hour of a model in a project, about. */
  readonly scale: number;
}

/** One model in one project in one span. Parts are disjoint. */
export interface Cell {
  readonly startAt: number;
  readonly model: WorldModel;
  readonly project: string | null;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly requests: number;
}

/** 0 to 1, by seed and words. */
export function chance(seed: number, ...words: readonly (string | number | null)[]): number {
  let hash = 2166136261;
  for (const char of JSON.stringify([seed, ...words])) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** The hours of a span, up to `knownUntil`: what is later has not happened or is not reported yet. */
export function hourCells({ seed, models, projects, scale }: WorldOptions, fromAt: number, toAt: number, knownUntil: number): Cell[] {
  const cells: Cell[] = [];
  for (let startAt = Math.ceil(fromAt / HOUR_MS) * HOUR_MS; startAt < Math.min(toAt, knownUntil); startAt += HOUR_MS) {
    const at = new Date(startAt);
    const weekend = at.getUTCDay() % 6 === 0 ? 0.4 : 1;
    const working = at.getUTCHours() >= 7 && at.getUTCHours() <= 19 ? 1 : 0.3;
    // The running hour is told in part.
    const part = Math.min(1, (knownUntil - startAt) / HOUR_MS);
    for (const model of models) for (const project of projects) {
      const luck = chance(seed, startAt, model.name, project);
      if (luck > 0.5 * working + 0.05) continue;
      const size = Math.floor(scale * weekend * working * part * (0.3 + chance(seed, 'size', startAt, model.name, project)));
      if (size < 1) continue;
      cells.push({
        startAt, model, project,
        input: size, cacheRead: size * 3, cacheWrite: Math.floor(size / 4), output: Math.floor(size / 5) + 1, requests: Math.floor(size / 4000) + 1,
      });
    }
  }
  return cells;
}

/** Whole picodollars. Writing to the cache costs as much as input here. */
export const costOf = ({ model, input, cacheRead, cacheWrite, output }: Cell): bigint =>
  BigInt(input + cacheWrite) * BigInt(model.input) + BigInt(cacheRead) * BigInt(model.cacheRead) + BigInt(output) * BigInt(model.output);

/** `units` with the point `scale` digits from the right, without zeros at the end. */
export function decimal(units: bigint, scale: number): string {
  const digits = String(units).padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, '');
}

/** Sums cells of the same span, model and project; a missing dimension is null in all. */
export function groupCells(cells: readonly Cell[], spanMs: number, by: { readonly model: boolean; readonly project: boolean }): (Omit<Cell, 'model'> & { model: string | null; picos: bigint })[] {
  const groups = new Map<string, Omit<Cell, 'model'> & { model: string | null; picos: bigint }>();
  for (const cell of cells) {
    const startAt = Math.floor(cell.startAt / spanMs) * spanMs;
    const [model, project] = [by.model ? cell.model.name : null, by.project ? cell.project : null];
    const key = JSON.stringify([startAt, model, project]);
    const old = groups.get(key);
    groups.set(key, {
      startAt, model, project,
      input: (old?.input ?? 0) + cell.input,
      cacheRead: (old?.cacheRead ?? 0) + cell.cacheRead,
      cacheWrite: (old?.cacheWrite ?? 0) + cell.cacheWrite,
      output: (old?.output ?? 0) + cell.output,
      requests: (old?.requests ?? 0) + cell.requests,
      picos: (old?.picos ?? 0n) + costOf(cell),
    });
  }
  return [...groups.values()];
}
