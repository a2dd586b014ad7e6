import type { SeenRequest } from './server';

/** Most buckets of a page by width, as both OpenAI and Anthropic have them; the default is what comes without `limit`. */
const LIMITS: Readonly<Record<string, { readonly normal: number; readonly most: number; readonly spanMs: number }>> = {
  '1d': { normal: 7, most: 31, spanMs: 86_400_000 },
  '1h': { normal: 24, most: 168, spanMs: 3_600_000 },
  '1m': { normal: 60, most: 1440, spanMs: 60_000 },
};

export interface AskedReport {
  readonly fromAt: number;
  readonly toAt: number;
  readonly spanMs: number;
  /** First instants of the buckets of this page. */
  readonly starts: readonly number[];
  readonly next_page: string | null;
  readonly has_more: boolean;
}

/**
 * Cuts a report into pages as the vendors do: whole buckets, a cursor that fits its own query only. A text: what is wrong.
 * @param pageSize fewer buckets than allowed, to have more pages; null: as asked.
 */
export function page({ query }: SeenRequest, fromAt: number, toAt: number, pageSize: number | null, widths: readonly string[], most?: number): AskedReport | string {
  const width = query.get('bucket_width') ?? '1d';
  const limits = LIMITS[width];
  if (!limits || !widths.includes(width)) return 'invalid bucket_width';
  const limit = Number(query.get('limit') ?? limits.normal);
  if (!Number.isInteger(limit) || limit < 1 || limit > (most ?? limits.most)) return `limit must be between 1 and ${most ?? limits.most}`;
  if (!(fromAt < toAt)) return 'the start of the range must be before its end';
  const asked = new URLSearchParams(query);
  asked.delete('page');
  const cursor = query.get('page');
  const [offset, fingerprint] = cursor === null ? [0, asked.toString()] : (JSON.parse(Buffer.from(cursor.slice(5), 'base64url').toString()) as [number, string]);
  if (fingerprint !== asked.toString()) return 'the cursor belongs to another query';

  const { spanMs } = limits;
  const first = Math.floor(fromAt / spanMs);
  const all = Array.from({ length: Math.ceil(toAt / spanMs) - first }, (_, i) => (first + i) * spanMs);
  const starts = all.slice(offset, offset + Math.min(limit, pageSize ?? limit));
  const has_more = offset + starts.length < all.length;
  const next = `page_${Buffer.from(JSON.stringify([offset + starts.length, fingerprint])).toString('base64url')}`;
  return { fromAt, toAt, spanMs, starts, has_more, next_page: has_more ? next : null };
}
