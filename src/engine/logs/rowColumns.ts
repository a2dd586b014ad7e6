/** What the columns of a table of rows are, by their places. */
import { FIGURES } from './idTable';

/** The sums of a row: its figures in the order of FIGURES, then its requests. */
export const SUMS = [...FIGURES, 'requests'] as const;

/** The texts of a row's key. */
export const TEXTS = ['model', 'project', 'branch', 'session', 'tier'] as const;
/** Their places. */
export const [MODEL, PROJECT, BRANCH, SESSION, TIER] = [0, 1, 2, 3, 4] as const;
/** Places among SUMS. */
export const [INPUT, CACHE_READ, CACHE_WRITE_5M, CACHE_WRITE_1H, OUTPUT, REASONING, COST, REQUESTS] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
