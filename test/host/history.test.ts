/** The commands on the history, with a person whose answers are written down. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import vscode = require('vscode');
import type { TestApi } from '../../src/extension';
import { newAccountId } from '../../src/host/accountRules';
import { auditPageText } from '../../src/host/auditLog';
import { backupFlow, exportFlow, importFlow, restoreFlow, type HistoryDeps } from '../../src/host/historyCommands';
import { runTask, type TaskDeps } from '../../src/host/historyTask';
import { vscodeUi, type HistoryUi } from '../../src/host/historyUi';
import { purgeFlow } from '../../src/host/purgeFlow';
import { startSimulator, type Simulator } from '../simulators';
import { extensionApi, snapshotWith } from './extensionApi';

const KEY = 'sk-or-v1-canary-77b0e1d2c3';

/** Answers by the words of the questions; everything that was shown is kept. */
function person(answers: { readonly file?: string; readonly picks?: Readonly<Record<string, readonly string[]>>; readonly button?: string }): { ui: HistoryUi; shown: string[]; offered: string[] } {
  const [shown, offered]: [string[], string[]] = [[], []];
  const wanted = <T>(title: string, items: readonly { readonly label: string; readonly value: T }[]): T[] => {
    const labels = Object.entries(answers.picks ?? {}).find(([start]) => title.startsWith(start))?.[1] ?? [items[0]?.label ?? ''];
    const chosen = items.filter(({ label }) => labels.includes(label));
    assert.equal(chosen.length, labels.length, `${title}: ${labels.join()} in ${items.map(({ label }) => label).join()}`);
    return chosen.map(({ value }) => value);
  };
  return { shown, offered, ui: {
    saveFile: async (_title, name, { extension }) => {
      offered.push(`${name}.${extension}`);
      return answers.file ?? null;
    },
    openFile: async () => answers.file ?? null,
    pickOne: async (title, items) => wanted(title, items)[0] ?? null,
    pickMany: async (title, items) => wanted(title, items),
    confirm: async (message, detail, ...buttons) => {
      shown.push(`${message}\n${detail}`);
      offered.push(...buttons);
      return answers.button ?? null;
    },
    progress: (_title, run) => run({ report: () => undefined, cancelled: false, onCancel: () => ({ dispose: () => undefined }) }),
    inform: message => void shown.push(message),
    warn: message => void shown.push(`warning: ${message}`),
  } };
}

function pretendMemory(entries: Readonly<Record<string, unknown>>): vscode.Memento {
  const map = new Map(Object.entries(entries));
  return {
    keys: () => [...map.keys()],
    get: <T>(key: string, fallback?: T) => (map.get(key) ?? fallback) as T,
    update: async (key: string, value: unknown) => void (value === undefined ? map.delete(key) : map.set(key, value)),
  };
}

describe('the commands on the history', () => {
  const accountId = newAccountId('openrouter');
  const memory = pretendMemory({ 'quotaMonitor.offeredTools': ['claude'] });
  let api: TestApi;
  let vendor: Simulator;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'qm-history-'));
    api = await extensionApi();
    vendor = await startSimulator('openrouter', { now: Date.now(), keys: { [KEY]: 'inference' } });
    const { credentials, monitor } = api.testing;
    await monitor.whenRunning();
    await credentials.store(accountId, KEY);
    await monitor.request('addAccount', { accountId, draft: { providerId: 'openrouter', alias: 'Router', options: { baseUrl: vendor.baseUrl } } });
    await snapshotWith(api, 'a reading', snapshot => snapshot.accounts.some(account => account.takenAt !== null));
  });
  after(async () => {
    await vendor.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string): string => path.join(folder, name);
  const deps = (ui: HistoryUi): HistoryDeps => ({ ...api.testing, memory, ui, locale: 'en-US' });

  it('export what is chosen, as a table', async () => {
    const { ui, shown, offered } = person({ file: file('a.csv'), picks: { 'What to export': ['Limits and balances by day', 'Limits and balances by hour, 30 days'] } });
    await exportFlow(deps(ui));
    const lines = readFileSync(file('a.csv'), 'utf8').trim().split('\r\n');
    assert.match(offered.join(), /^quota-monitor-\d{4}-\d\d-\d\d\.csv$/);
    assert.deepEqual(shown, [`Rows written to ${file('a.csv')}: ${lines.length - 1}.`]);
    assert.ok(lines.length > 2 && lines.slice(1).every(line => /^(daily|hourly),/.test(line) && line.includes('Router') && line.includes('reported')), lines.join('\n'));
  });

  it('export as JSON, and import that again without a change', async () => {
    await exportFlow(deps(person({ file: file('a.json'), picks: { 'Export as': ['Export (JSON)'], 'What to export': ['Usage: tokens, requests and costs', 'Limits and balances by day'], 'Which time?': ['The last 7 days'] } }).ui));
    const { rows } = JSON.parse(readFileSync(file('a.json'), 'utf8')) as { rows: unknown[] };
    assert.ok(rows.length > 0);
    const { ui, shown } = person({ file: file('a.json') });
    await importFlow(deps(ui));
    assert.deepEqual(shown, [`Rows taken: 0. Known here already, or too old to be kept: ${rows.length}.`]);
    writeFileSync(file('bad.json'), 'other');
    await assert.rejects(importFlow(deps(person({ file: file('bad.json') }).ui)), /not an export of Quota Monitor/);
  });

  it('write nothing when no file is chosen', async () => {
    const before = readdirSync(folder);
    for (const flow of [exportFlow, importFlow, backupFlow, restoreFlow]) {
      const { ui, shown } = person({});
      await flow(deps(ui));
      assert.deepEqual(shown, []);
    }
    assert.deepEqual(readdirSync(folder), before);
  });

  it('restore a backup after a yes, and send no key where it was not given for', async () => {
    const { credentials, monitor } = api.testing;
    await backupFlow(deps(person({ file: file('my.quotabackup') }).ui));
    assert.ok(!readFileSync(file('my.quotabackup')).includes(KEY));
    await monitor.request('removeAccount', { accountId, forget: true });
    await snapshotWith(api, 'no account', ({ accounts }) => accounts.length === 0);
    await restoreFlow(deps(person({ file: file('my.quotabackup') }).ui));
    assert.deepEqual([(await monitor.request('snapshot', {})).accounts.length, await credentials.get(accountId)], [0, KEY], 'cancelled');
    const { ui, shown } = person({ file: file('my.quotabackup'), button: 'Restore' });
    await restoreFlow(deps(ui));
    assert.match(shown[0] ?? '', /^Replace history and accounts by the backup of .*\nAccounts in it: 1\.\n• Router \(openrouter, http:\/\/127\.0\.0\.1:\d+.*\)\nAccounts that send their key elsewhere than now: 1\./);
    assert.equal(shown[1], 'The backup was restored.');
    assert.equal(await credentials.get(accountId), null);
    const { accounts } = await monitor.request('snapshot', {});
    assert.deepEqual(accounts.map(({ alias, takenAt }) => [alias, takenAt !== null]), [['Router', true]]);
  });

  it('give keys back when a restore is cancelled, and say which are gone when it may have been done', async () => {
    const keys = new Map([['a', KEY]]);
    const credentials = { get: async (id: string) => keys.get(id) ?? null, store: async (id: string, key: string) => keys.set(id, key), delete: async (id: string) => keys.delete(id) };
    const during: boolean[] = [];
    const failing = (afterMs: number) => ({
      whenRunning: async () => api.testing.monitor.whenRunning(), onProgress: () => ({ dispose: () => undefined }),
      request: async (name: string) => {
        if (name !== 'restore') return { accounts: [], keysToDelete: ['a', 'without-a-key'], madeAt: 0, sha256: '' };
        during.push(keys.has('a'));
        await wait(afterMs);
        throw new Error('It was stopped.');
      },
    });
    const { ui } = person({ file: file('my.quotabackup'), button: 'Restore' });
    const cancelled: HistoryUi = { ...ui, progress: (_title, run) => run({ report: () => undefined, cancelled: true, onCancel: () => ({ dispose: () => undefined }) }) };
    await restoreFlow({ ...deps(cancelled), monitor: failing(1_200), credentials } as unknown as HistoryDeps);
    assert.deepEqual([during, [...keys]], [[false], [['a', KEY]]]);
    await assert.rejects(restoreFlow({ ...deps(ui), monitor: failing(0), credentials } as unknown as HistoryDeps), /It was stopped\. .*were deleted: 1\. Give them again/);
    assert.equal(keys.size, 0);
  });

  it('tell the year of a backup, and no more of its accounts than a message has room for', async () => {
    const accounts = Array.from({ length: 48 }, (_, i) => ({ alias: `Account ${i}`, providerId: 'openai', baseUrl: null, home: null }));
    const info = { accounts, keysToDelete: [], madeAt: Date.UTC(2025, 9, 31, 12), sha256: '' };
    const monitor = { whenRunning: async () => api.testing.monitor.whenRunning(), onProgress: () => ({ dispose: () => undefined }), request: async () => info };
    const { ui, shown } = person({ file: file('my.quotabackup') });
    await restoreFlow({ ...deps(ui), monitor } as unknown as HistoryDeps);
    const lines = (shown[0] ?? '').split('\n');
    assert.match(lines[0] ?? '', /the backup of .*Oct 31, 2025/);
    assert.ok(lines.includes('Accounts in it: 48.') && lines.includes('• Account 19 (openai)') && lines.includes('• and 28 more'), shown[0]);
    assert.ok(lines.length < 28);
  });

  it('ask again where nothing was ticked, instead of ending without a word', async () => {
    const { showQuickPick } = vscode.window;
    const asked: (string | undefined)[] = [];
    const answering = (...answers: readonly (readonly string[] | undefined)[]): void => {
      asked.length = 0;
      Object.assign(vscode.window, { showQuickPick: async (items: readonly vscode.QuickPickItem[], { placeHolder }: vscode.QuickPickOptions) => {
        const ticked = answers[asked.length];
        asked.push(placeHolder);
        return ticked === undefined ? undefined : items.filter(({ label }) => ticked.includes(label));
      } });
    };
    try {
      const items = [{ label: 'a', value: 1 }, { label: 'b', value: 2 }];
      answering([], ['b']);
      assert.deepEqual([await vscodeUi.pickMany('Which?', items), asked], [[2], [undefined, 'Tick at least one']]);
      answering([], undefined);
      assert.deepEqual([await vscodeUi.pickMany('Which?', items), asked.length], [null, 2], 'cancelled');
    } finally {
      Object.assign(vscode.window, { showQuickPick });
    }
  });

  it('refuse a damaged backup with a sentence, and touch nothing', async () => {
    const bytes = readFileSync(file('my.quotabackup'));
    bytes[bytes.length - 9]! ^= 1;
    writeFileSync(file('bad.quotabackup'), bytes);
    await assert.rejects(restoreFlow(deps(person({ file: file('bad.quotabackup'), button: 'Restore' }).ui)), /check sum is wrong/);
    assert.equal((await api.testing.monitor.request('snapshot', {})).accounts.length, 1);
  });

  it('show the audit log in an editor that does not write', async () => {
    await vscode.commands.executeCommand('quotaMonitor.showAuditLog');
    const { document } = vscode.window.activeTextEditor ?? assert.fail('no editor');
    assert.equal(document.uri.scheme, 'quota-monitor');
    const text = document.getText();
    for (const words of [/^\d{4}-.*Z {2}Account added {2}openrouter-[\w-]+ \(openrouter\) {2}Router at http/m, / {2}Exported {2}.*a\.csv/, / {2}Imported /, / {2}Backed up /, / {2}Restored /]) assert.match(text, words);
    assert.ok(!text.includes(KEY));
    assert.equal(auditPageText([]), 'Nothing has been done yet.\n');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('show how far a task is that takes over a second, and nothing of a quick one', async () => {
    const [percents, bars]: [number[], string[]] = [[], []];
    const listeners = new Set<Parameters<TaskDeps['monitor']['onProgress']>[0]>();
    const slow: TaskDeps = {
      monitor: { request: () => assert.fail(), onProgress: listener => (listeners.add(listener), { dispose: () => listeners.delete(listener) }) },
      ui: { progress: (title, run) => {
        bars.push(title);
        return run({ report: percent => percents.push(percent), cancelled: false, onCancel: () => ({ dispose: () => undefined }) });
      } },
    };
    assert.equal(await runTask(slow, 'Quick', async () => 'done'), 'done');
    await assert.rejects(runTask(slow, 'Quick', () => Promise.reject(new Error('why'))), /^Error: why$/);
    assert.deepEqual(bars, []);
    const result = await runTask(slow, 'Slow', async task => {
      await new Promise(resolve => setTimeout(resolve, 1200));
      for (const [id, done, total] of [[task, 1, 4], ['other', 4, 4], [task, 0, 4], [task, 1, null], [task, 3, 4]] as const) for (const tell of listeners) tell({ task: id, done, total });
      return 'done';
    });
    assert.deepEqual([result, bars, percents, listeners.size], ['done', ['Slow'], [25, 25, 75], 0]);
  });

  it('cancel a task in the engine, which is no error then', async () => {
    let fail = (_error: Error): void => undefined;
    const asked: unknown[] = [];
    const deps: TaskDeps = {
      monitor: {
        request: (name, params) => {
          asked.push([name, params]);
          fail(new Error('Cancelled.'));
          return Promise.reject(new Error('not of interest'));
        },
        onProgress: () => ({ dispose: () => undefined }),
      },
      ui: { progress: (_title, run) => {
        const bar = { report: () => undefined, cancelled: false, onCancel: (listener: () => void) => {
          setTimeout(() => { bar.cancelled = true; listener(); }, 50);
          return { dispose: () => undefined };
        } };
        return run(bar);
      } },
    };
    let id = '';
    const result = await runTask(deps, 'Slow', task => {
      id = task;
      return new Promise((_resolve, reject) => { fail = reject; });
    });
    assert.deepEqual([result, asked], [null, [['cancelTask', { task: id }]]]);
  });

  it('delete nothing without a yes, then everything: files, keys, consent and, if wanted, backups', async () => {
    const { credentials, monitor, storageDir } = api.testing;
    await credentials.store(accountId, KEY);
    await purgeFlow(deps(person({}).ui));
    assert.equal((await monitor.request('snapshot', {})).accounts.length, 1);
    const request: typeof monitor.request = (name, params) => (name === 'purge' ? Promise.reject(new Error('The window ended.')) : monitor.request(name, params));
    const ended = Object.assign(Object.create(monitor) as typeof monitor, { request });
    await assert.rejects(purgeFlow({ ...deps(person({ button: 'Delete Everything' }).ui), memory: pretendMemory({}), monitor: ended }), /^UserError: The window ended\. The API keys were deleted already: 1\. Delete the rest once more\.$/);
    assert.equal(await credentials.get(accountId), null, 'no key is left that nobody knows of any more');
    await credentials.store(accountId, KEY);
    const { ui, shown, offered } = person({ button: 'Delete Everything' });
    await purgeFlow(deps(ui));
    const [question = '', told] = shown;
    for (const words of ['• history.journal (', '• accounts.json (', '• audit.log (', 'API keys in the secret storage: 1.', 'Entries on what was agreed to and offered: 1.', `• ${file('my.quotabackup')} (`, storageDir]) assert.ok(question.includes(words), `${words} in ${question}`);
    assert.deepEqual(offered, ['Delete Everything', 'Delete, but Keep My Backups']);
    assert.equal(told, 'All data was deleted, and nothing of it was found any more. Exports that you made are where you put them.');
    assert.deepEqual([await credentials.get(accountId), memory.keys(), existsSync(file('my.quotabackup')), existsSync(file('a.csv'))], [null, [], false, true]);
    await snapshotWith(api, 'no account', ({ accounts }) => accounts.length === 0);
    const { files } = await monitor.request('purgeList', {});
    assert.deepEqual(files.filter(({ bytes }) => bytes > 0).map(each => path.basename(each.file)), ['polls.marks']);
  });
});
