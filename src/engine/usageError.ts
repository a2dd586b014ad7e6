/** The arguments make no sense; the message is a sentence for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Each bundle has a class of its own. */
export const isUsageError = (error: unknown): error is UsageError => error instanceof Error && error.name === 'UsageError';
