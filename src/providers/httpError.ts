import { ProviderError, type FailureKind } from '../core/errors';

/**
 * An answer with a status that is no success. The body is there for adapters that tell failures apart by it; being private, it
 * gets into no message, log, JSON or clone.
 */
export class HttpError extends ProviderError {
  readonly status: number;
  readonly #body: unknown;

  /** @param body parsed JSON of at most 64 KB; undefined: none, or not JSON. */
  constructor(kind: FailureKind, message: string, { status, body, retryAfterMs }: { status: number; body?: unknown; retryAfterMs?: number | undefined }) {
    super(kind, message, retryAfterMs === undefined ? {} : { retryAfterMs });
    this.status = status;
    this.#body = body;
  }

  body(): unknown {
    return this.#body;
  }
}
