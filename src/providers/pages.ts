import * as z from 'zod/mini';
import { ProviderError } from '../core/errors';
import { parseBody, type ReadContext } from './provider';

const MAX_PAGES = 100;
const MAX_ROWS = 200_000;

/** What vendors name models and projects. */
export const Name = z.string().check(z.minLength(1), z.maxLength(300));
/** Tokens or requests. */
export const Count = z.int().check(z.nonnegative());

export type Query = NonNullable<Parameters<ReadContext['getJson']>[1]>;

/**
 * All pages of one question, of which the query, and so the range, stays the same from page to page.
 * @throws {ProviderError} 'changed' on a page that is missing, repeated, or one too many: half a total is worse than none.
 */
export async function readPages<T extends { readonly results: readonly unknown[] }>(
  getJson: ReadContext['getJson'], path: string, query: Query, bucket: z.ZodMiniType<T>,
): Promise<T[]> {
  const Page = z.object({ data: z.array(bucket), has_more: z.boolean(), next_page: z.optional(z.nullable(z.string().check(z.maxLength(4096)))) });
  const buckets: T[] = [];
  const seen = new Set<string>();
  let rows = 0;
  for (let page: string | undefined; ;) {
    const body = parseBody(Page, await getJson(path, { ...query, page }));
    for (const item of body.data) {
      buckets.push(item);
      rows += item.results.length;
    }
    if (!body.has_more) return buckets;
    page = body.next_page ?? '';
    if (page === '') throw new ProviderError('changed', 'The answer says that there are more pages, but not where.');
    if (seen.has(page)) throw new ProviderError('changed', 'The pages of the answer go in a circle.');
    seen.add(page);
    if (seen.size >= MAX_PAGES || rows > MAX_ROWS) throw new ProviderError('changed', 'The answer has too many pages.');
  }
}
