/** What was sent is no telemetry, or more than is taken at once. The message tells nothing of what was sent. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Exporters send some hundreds at once. */
export const MAX_ITEMS = 20_000;

/** Those of all kinds that lie in each other: an item has some dozens of attributes at most. */
export const MAX_MESSAGES = 500_000;

/** @throws {DecodeError} */
export function checkCount(items: readonly unknown[]): void {
  if (items.length >= MAX_ITEMS) throw new DecodeError(`More than ${MAX_ITEMS} items at once.`);
}
