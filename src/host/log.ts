import vscode = require('vscode');
import type { EngineEvent } from '../core/protocol';
import { Redactor } from './redactor';

export type LogLevel = EngineEvent<'log'>['level'];

/** The output channel "Quota Monitor". Everything that is written passes the redactor. */
export class Log implements vscode.Disposable {
  private readonly channel = vscode.window.createOutputChannel('Quota Monitor', { log: true });
  private readonly redactor = new Redactor();

  write(level: LogLevel, message: string): void {
    this.channel[level](this.redactor.clean(message));
  }

  /** For `catch` blocks that have nobody to tell. */
  error(what: string, error: unknown): void {
    this.write('error', `${what}: ${errorText(error)}`);
  }

  /** From now on this secret is masked, wherever it stands alone in a message. */
  learn(secret: string): void {
    this.redactor.learn(secret);
  }

  show(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.channel.dispose();
  }
}

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
