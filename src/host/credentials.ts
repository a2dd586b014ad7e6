import vscode = require('vscode');

const PREFIX = 'quotaMonitor.account.';
const keyOf = (accountId: string): string => `${PREFIX}${accountId}`;

/**
 * The keys of accounts: kept in SecretStorage, read when the engine asks, never cached. A key that is being tested is held in memory
 * under an id of its own, for the length of the test.
 */
export class Credentials implements vscode.Disposable {
  private readonly onTrial = new Map<string, string>();
  /** Writes of this window whose change event has yet to come. */
  private readonly ownWrites = new Map<string, number>();
  private readonly changed = new vscode.EventEmitter<string>();
  private readonly listener: vscode.Disposable;

  /** Fires with the account's id when another window stored or deleted its key. */
  readonly onDidChangeElsewhere = this.changed.event;

  /** @param learn hears of each secret before it is used (the log's redactor). */
  constructor(private readonly secrets: vscode.SecretStorage, private readonly learn: (secret: string) => void) {
    this.listener = secrets.onDidChange(({ key }) => {
      if (!key.startsWith(PREFIX)) return;
      const own = this.ownWrites.get(key) ?? 0;
      if (own > 0) this.ownWrites.set(key, own - 1);
      else this.changed.fire(key.slice(PREFIX.length));
    });
  }

  /** Null: no key is kept under this id. */
  async get(accountId: string): Promise<string | null> {
    const secret = this.onTrial.get(accountId) ?? await this.secrets.get(keyOf(accountId)) ?? null;
    if (secret !== null) this.learn(secret);
    return secret;
  }

  /** The accounts that a key is kept of, among these and any others that the editor can tell. */
  async ids(known: readonly string[]): Promise<string[]> {
    const { keys } = this.secrets as { keys?: () => Thenable<string[]> }; // newer editors have it
    const told = (await keys?.call(this.secrets) ?? []).filter(key => key.startsWith(PREFIX)).map(key => key.slice(PREFIX.length));
    const found: string[] = [];
    for (const id of new Set([...known, ...told])) if (await this.secrets.get(keyOf(id)) !== undefined) found.push(id);
    return found;
  }

  async store(accountId: string, secret: string): Promise<void> {
    this.learn(secret);
    await this.write(accountId, () => this.secrets.store(keyOf(accountId), secret));
  }

  async delete(accountId: string): Promise<void> {
    await this.write(accountId, () => this.secrets.delete(keyOf(accountId)));
  }

  /** Answers for `accountId` with `secret` while `task` runs, and forgets it then. */
  async whileTrying<T>(accountId: string, secret: string, task: () => Promise<T>): Promise<T> {
    this.onTrial.set(accountId, secret);
    try {
      return await task();
    } finally {
      this.onTrial.delete(accountId);
    }
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
    this.onTrial.clear();
  }

  private async write(accountId: string, task: () => Thenable<void>): Promise<void> {
    const key = keyOf(accountId);
    const count = (by: number): void => void this.ownWrites.set(key, Math.max(0, (this.ownWrites.get(key) ?? 0) + by));
    count(1);
    try {
      await task();
    } catch (error) {
      count(-1);
      throw error;
    }
  }
}
