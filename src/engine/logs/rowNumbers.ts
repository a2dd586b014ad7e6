import { PROMPT_STEPS } from '../../core/pricing';
import type { RowKey } from './rowKey';

/** More than there are prompt steps, and more than there are quarters of an hour before the year 2200. */
const [STEP_SLOTS, QUARTER_SLOTS] = [16, 2 ** 23];

type Series = Pick<RowKey, 'model' | 'project' | 'branch' | 'session' | 'tier' | 'reported'>;

/** Makes numbers of row keys: one number for each key, for as long as this lives. Much faster to look up than text. */
export class RowNumbers {
  readonly #series = new Map<string, number>();
  /** Responses that follow each other mostly have one of each. */
  #last: { readonly series: Series; readonly number: number } | null = null;

  of(key: RowKey): number {
    return (this.#seriesOf(key) * STEP_SLOTS + PROMPT_STEPS.indexOf(key.step) + 1) * QUARTER_SLOTS + key.quarter;
  }

  #seriesOf(key: Series): number {
    const last = this.#last;
    if (last !== null && isSame(last.series, key)) return last.number;
    const name = JSON.stringify([key.model, key.project, key.branch, key.session, key.tier, key.reported]);
    const number = this.#series.get(name) ?? this.#series.size;
    this.#series.set(name, number);
    this.#last = { series: key, number };
    return number;
  }
}

const isSame = (a: Series, b: Series): boolean =>
  a.model === b.model && a.project === b.project && a.branch === b.branch && a.session === b.session && a.tier === b.tier && a.reported === b.reported;
