/** The schemas are marked pure, as in money.ts: who only throws does without zod. */
import * as z from 'zod/mini';

/** A closed list, chosen by what the program does next. */
export const FailureKind = /* @__PURE__ */ z.enum([
  'auth', //         no key, or 401/403: stop until the credential changes
  'wrong-key', //    the key is valid but of a kind that cannot see this: stop until the credential changes
  'rate-limited', // 429: wait `retryAfterMs`
  'unreachable', //  DNS, TLS, time-out, cut connection, 5xx: back off, for `retryAfterMs` at least
  'changed', //      does not fit the schema, too large, unexpected redirect or address: keep the last reading, back off
  'unreadable', //   a local file or folder cannot be read: back off
  'internal', //     our bug: log it whole, back off
]);
export type FailureKind = z.infer<typeof FailureKind>;

export interface ProviderErrorOptions {
  readonly cause?: unknown;
  /** What the vendor asked for, before floors and caps. */
  readonly retryAfterMs?: number;
}

/** What an adapter throws. Any other error that leaves an adapter is our bug and becomes 'internal'. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly retryAfterMs: number | null;

  constructor(
    readonly kind: FailureKind,
    /** A sentence for people: no header, no body, no query string, no secret. */
    message: string,
    options: ProviderErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** A failure as data: shown, stored and scheduled on. */
export const Failure = /* @__PURE__ */ z.object({
  kind: FailureKind,
  message: /* @__PURE__ */ z.string().check(/* @__PURE__ */ z.maxLength(500)),
  at: /* @__PURE__ */ z.number(),
  /** When the next try is planned, epoch ms; null: not before the user acts. */
  retryAt: /* @__PURE__ */ z.nullable(/* @__PURE__ */ z.number()),
  /** The vendor asked to wait until then: before it the user may not ask either. Absent: it did not, or an earlier version wrote this. */
  held: /* @__PURE__ */ z.optional(/* @__PURE__ */ z.boolean()),
});
export type Failure = Readonly<z.infer<typeof Failure>>;
