import path from 'node:path';
import type { Account } from '../../core/account';
import type { Client } from '../../core/clients';
import type { EngineParams, EngineResult } from '../../core/protocol';
import type { TaskProgress } from '../../core/historyTools';
import type { Clock, Disposable } from '../../core/time';
import type { Provider } from '../../providers/provider';
import type { Accounts } from '../accounts';
import type { History } from '../history/history';
import type { OpenSql } from '../history/sql';
import { AuditLog } from './audit';
import { addedEntries, changedEntries, removedEntries } from './auditAccounts';
import { backUp, checkBackup, restoreFiles } from './backup';
import { exportHistory } from './export';
import { importHistory } from './import';
import { backupsElsewhere, beginPurge, deleteBackups, filesToPurge, purgeFolder } from './purge';
import { Tasks } from './tasks';

/** What the tools see of the engine. */
export interface ToolsOptions {
  readonly clock: Clock;
  /** Null: only in memory; then there is nothing to restore to and to purge. */
  readonly storageDir: string | null;
  readonly openSql: OpenSql;
  readonly accounts: Accounts;
  /** The one that is open now. */
  history(): History;
  /** IANA zone whose days are shown. */
  zone(): string;
  /** Whom projects are for. */
  clients(): readonly Client[];
  /** @throws when another process has taken the folder over. */
  guard(): void;
  /** Closes the files, lets `swap` replace or delete them, and goes on with what is there then. */
  reopen(swap: () => void): void;
  /** Rows changed that the engine may have sums of. */
  changed(): void;
  progress(progress: TaskProgress): void;
  warn(message: string): void;
}

/** Export, import, backup, restore, purge, and the log of who did what to accounts and history. */
export class HistoryTools implements Disposable {
  private readonly tasks: Tasks;
  private readonly audit: AuditLog;

  constructor(private readonly options: ToolsOptions) {
    this.tasks = new Tasks(options.clock, progress => options.progress(progress));
    this.audit = new AuditLog(options.storageDir, options.clock, why => options.warn(why));
  }

  export({ task, file, choice }: EngineParams<'exportHistory'>): Promise<EngineResult<'exportHistory'>> {
    const { accounts, clock, storageDir } = this.options;
    this.checkTarget(file);
    return this.tasks.run(task, async running => {
      const zone = this.options.zone();
      const result = await exportHistory(file, { sql: this.options.history().sql, accounts: accounts.all, choice, zone, clients: this.options.clients(), now: clock.now(), storageDir }, running);
      this.audit.add({ what: 'exported', detail: `${file} (${choice.format}, ${choice.levels.join(', ')}, ${result.rows} rows)` });
      return result;
    });
  }

  import({ task, file }: EngineParams<'importHistory'>): Promise<EngineResult<'importHistory'>> {
    const { accounts, clock } = this.options;
    return this.tasks.run(task, async running => {
      this.checkOpened();
      const history = this.options.history();
      try {
        const result = await importHistory(file, { history, accounts: accounts.all, now: clock.now() }, running);
        if (!history.flush() && this.options.storageDir !== null) throw new Error(`What was imported is not on the disk yet. ${history.warning ?? ''}`.trim());
        this.audit.add({ what: 'imported', detail: `${file} (${result.taken} rows)` });
        return result;
      } finally {
        history.flush();
        this.options.changed();
      }
    });
  }

  backup({ task, file }: EngineParams<'backup'>): Promise<EngineResult<'backup'>> {
    const { accounts, storageDir, clock } = this.options;
    this.checkTarget(file);
    return this.tasks.run(task, async running => {
      this.checkOpened();
      const result = await backUp(file, { sql: this.options.history().sql, accounts: accounts.all, storageDir, now: clock.now() }, running);
      this.audit.add({ what: 'backed-up', detail: file });
      return result;
    });
  }

  inspect({ task, file }: EngineParams<'inspectBackup'>): Promise<EngineResult<'inspectBackup'>> {
    return this.tasks.run(task, async running => (await checkBackup(file, this.options.accounts.all, this.options.openSql, running)).info);
  }

  restore({ task, file, sha256 }: EngineParams<'restore'>): Promise<void> {
    const { accounts, openSql, guard } = this.options;
    const dir = this.dir();
    return this.tasks.run(task, async running => {
      const checked = await checkBackup(file, accounts.all, openSql, running);
      if (checked.info.sha256 !== sha256) throw new Error('The backup has changed since it was looked at.');
      this.options.reopen(() => restoreFiles(dir, checked, guard));
      this.audit.add({ what: 'restored', detail: file });
    });
  }

  async purgeList(): Promise<EngineResult<'purgeList'>> {
    const folder = this.dir();
    const known = this.options.history().sql.all('SELECT account FROM account').map(([account]) => String(account));
    const entries = this.audit.entries();
    const former = entries.flatMap(({ accountId }) => accountId ?? []);
    const accountIds = [...new Set([...this.options.accounts.all.map(({ id }) => id), ...known, ...former])];
    return { folder, files: filesToPurge(folder), accountIds, backups: await backupsElsewhere(entries) };
  }

  purge({ task, backups }: EngineParams<'purge'>): Promise<EngineResult<'purge'>> {
    const { guard } = this.options;
    const dir = this.dir();
    return this.tasks.run(task, async () => {
      guard();
      beginPurge(dir, backups);
      const left = backups ? await deleteBackups(await backupsElsewhere(this.audit.entries())) : [];
      this.options.reopen(() => left.push(...purgeFolder(dir, guard)));
      return { left };
    });
  }

  auditLog(): EngineResult<'auditLog'> {
    return { entries: this.audit.entries() };
  }

  cancel(task: string): void {
    this.tasks.cancel(task);
  }

  added(account: Account, provider: Provider): void {
    for (const entry of addedEntries(account, provider)) this.audit.add(entry);
  }

  updated(before: Account, after: Account, keyRotated: boolean): void {
    for (const entry of changedEntries(before, after, keyRotated)) this.audit.add(entry);
  }

  removed(account: Account, forgotten: boolean): void {
    for (const entry of removedEntries(account, forgotten)) this.audit.add(entry);
  }

  dispose(): void {
    this.tasks.dispose();
  }

  /** @throws when there is none. */
  private dir(): string {
    const { storageDir } = this.options;
    if (storageDir === null) throw new Error('Nothing is kept on this disk.');
    return storageDir;
  }

  /** @throws where the history, or the list of accounts, is another one in memory than on the disk. */
  private checkOpened(): void {
    const { history, accounts, storageDir } = this.options;
    const problem = storageDir === null ? null : history().unopened ?? accounts.unopened;
    if (problem !== null) throw new Error(problem);
  }

  /** @throws for the engine's own folder: an export in the place of the history would be its end. */
  private checkTarget(file: string): void {
    const { storageDir } = this.options;
    if (storageDir === null) return;
    const inside = path.relative(storageDir, file);
    if (!inside.startsWith('..') && !path.isAbsolute(inside)) throw new Error('This is the folder in which the history itself lies; choose another one.');
  }
}
