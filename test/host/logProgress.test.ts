/** The notification of a long read of logs, without an engine and without a person. */
import assert from 'node:assert/strict';
import vscode = require('vscode');
import type { LogReading } from '../../src/core/protocol';
import { LogProgress, type LogProgressDeps } from '../../src/host/logProgress';
import { sampleAccount, sampleSnapshot } from '../support/sampleSnapshot';

const reading = (read: number, all = 10, accountIds: readonly string[] = ['a']): LogReading => ({ accountIds: [...accountIds], read: read * 1e9, all: all * 1e9 });

describe('the progress of a long read of logs', () => {
  let tell: (reading: LogReading | null) => void;
  let shown: string[];
  let asked: unknown[];
  let cancel: () => void;
  let progress: LogProgress;

  beforeEach(() => {
    [shown, asked] = [[], []];
    const deps: LogProgressDeps = {
      locale: 'en-US',
      log: { error: what => shown.push(what) },
      monitor: {
        snapshot: sampleSnapshot({ accounts: [sampleAccount({ id: 'a', alias: 'Claude Code' }), sampleAccount({ id: 'b', alias: '[Codex](command:x)' })] }),
        request: (name, params) => {
          asked.push([name, params]);
          return Promise.resolve({}) as never;
        },
        onLogReading: listener => {
          tell = listener;
          return { dispose: () => { tell = () => undefined; } };
        },
      },
      ui: {
        setStatusBarMessage: (text: string) => {
          shown.push(text);
          return { dispose: () => undefined };
        },
        withProgress: (options, task) => {
          const source = new vscode.CancellationTokenSource();
          cancel = () => source.cancel();
          shown.push(`${options.title}${options.cancellable === true ? ' [Cancel]' : ''}`);
          let percent = 0;
          const ended = task({ report: ({ increment = 0, message }) => shown.push(`${Math.round(percent += increment)}: ${message}`) }, source.token);
          return Promise.resolve(ended).then(value => {
            shown.push('closed');
            return value;
          });
        },
      },
    };
    progress = new LogProgress(deps);
  });
  afterEach(() => progress.dispose());
  const settled = () => new Promise(resolve => setImmediate(resolve));

  it('is one notification with share and size, which ends with the read', async () => {
    tell(reading(3.7));
    tell(reading(5));
    tell(null);
    await settled();
    assert.deepEqual(shown, ['Reading logs, newest first [Cancel]', '37: Claude Code, 37% of 10 GB', '50: Claude Code, 50% of 10 GB', 'closed']);
    tell(reading(9.99));
    assert.deepEqual(shown.slice(4), ['Reading logs, newest first [Cancel]', '100: Claude Code, 99% of 10 GB']);
  });

  it('names all accounts that are read, and its bar does not go back when one begins later', () => {
    tell(reading(8));
    tell(reading(8, 20, ['a', 'b']));
    assert.deepEqual(shown.slice(1), ['80: Claude Code, 80% of 10 GB', '80: Claude Code, [Codex] (command:x), 40% of 20 GB']);
  });

  it('stops the read of these accounts when it is cancelled, closes at once, and says how to go on', async () => {
    tell(reading(1, 20, ['a', 'b']));
    cancel();
    tell(reading(2, 20, ['a', 'b'])); // was under way
    await settled();
    assert.deepEqual(asked, [['stopLogs', { accountIds: ['a', 'b'] }]]);
    assert.deepEqual(shown.slice(2), ['Older logs are left unread. Refresh reads on.', 'closed']);
    tell(null);
    tell(reading(3));
    assert.equal(shown.at(-1), '30: Claude Code, 30% of 10 GB');
  });

  it('closes with the window, without stopping anything', async () => {
    tell(reading(1));
    progress.dispose();
    await settled();
    assert.deepEqual([shown.at(-1), asked], ['closed', []]);
  });
});
