/** The arguments make no sense; the message is a sentence for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
