import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DAY_MS, SECOND_MS } from '../../../src/core/time';
import { AuditLog, auditText, mergeAudit, parseAudit } from '../../../src/engine/historyTools/audit';
import { serviceOf } from '../../../src/engine/service';
import { useBrokenDisk } from '../../support/brokenDisk';
import { FakeClock } from '../../support/fakeClock';
import { useRig } from '../../support/engineRig';
import { fakeProvider } from '../../support/readings';
import { useTempDir } from '../../support/tempDir';

describe('audit log', () => {
  const dir = useTempDir();
  const rig = useRig();
  const disk = useBrokenDisk();
  const clock = new FakeClock();
  const log = (): string => path.join(dir(), 'audit.log');
  const open = (failed = (why: string): void => assert.fail(why)): AuditLog => new AuditLog(dir(), clock, failed);

  it('tells what was done to accounts: which fields changed, where a key goes, and what may be read', async () => {
    const local = fakeProvider({ id: 'local', name: 'Local', credential: { kind: 'local', reads: 'logs' } });
    const engine = await rig().start(dir(), [fakeProvider(), local]);
    const options = { baseUrl: 'https://proxy.test/token-in-a-path', monthlyBudgetUsd: 5 };
    engine.add({ accountId: 'a', draft: { providerId: 'acme', alias: 'work', options: {} } });
    engine.update({ accountId: 'a', changes: { alias: 'home', options }, credentialChanged: true });
    engine.update({ accountId: 'a', changes: { alias: 'home', options }, credentialChanged: false });
    await serviceOf(() => Promise.resolve(engine)).keyChanged({ accountId: 'a' }); // by another window, which tells it itself
    engine.add({ accountId: 'l', draft: { providerId: 'local', alias: 'logs', options: { home: '/srv/x' } } });
    await engine.remove({ accountId: 'a', forget: true });
    assert.deepEqual(engine.tools.auditLog().entries.map(({ at: _at, ...entry }) => entry), [
      { what: 'account-added', accountId: 'a', providerId: 'acme', detail: 'work' },
      { what: 'account-changed', accountId: 'a', providerId: 'acme', detail: 'name: home, baseUrl, monthlyBudgetUsd, now at https://proxy.test' },
      { what: 'key-rotated', accountId: 'a', providerId: 'acme' },
      { what: 'consent-given', accountId: 'l', providerId: 'local', detail: "reads Local's files in /srv/x" },
      { what: 'account-added', accountId: 'l', providerId: 'local', detail: 'logs in /srv/x' },
      { what: 'account-removed', accountId: 'a', providerId: 'acme', detail: 'home' },
      { what: 'history-forgotten', accountId: 'a', providerId: 'acme' },
    ]);
    assert.equal(engine.tools.auditLog().entries[0]?.at, rig().clock.now());
  });

  it('tells of no account that was removed when it could not be', async () => {
    const engine = await rig().start(dir(), [fakeProvider()]);
    for (let call = 0; call < 8; call++) {
      const accountId = `a${call}`;
      engine.add({ accountId, draft: { providerId: 'acme', alias: 'work', options: {} } });
      disk.breakAfter(call, 'ENOSPC', 1);
      const removed = await engine.remove({ accountId, forget: false }).then(() => true, () => false);
      disk.repair();
      const told = engine.tools.auditLog().entries.filter(entry => entry.what === 'account-removed' && entry.accountId === accountId);
      assert.ok(removed || told.length === 0, `call ${call}`);
    }
  });

  it('tells exports and imports', async () => {
    const engine = await rig().start(path.join(dir(), 'storage'), []);
    const file = path.join(dir(), 'x.json');
    await engine.tools.export({ task: 't', file, choice: { format: 'json', levels: ['usage'], accountIds: null, fromAt: null, toAt: null } });
    await engine.tools.import({ task: 't', file });
    assert.deepEqual(engine.tools.auditLog().entries.map(({ what, detail }) => [what, detail]), [['exported', `${file} (json, usage, 0 rows)`], ['imported', `${file} (0 rows)`]]);
  });

  it('is only for this user, and only ever appended to', () => {
    open().add({ what: 'exported', detail: '1' });
    const first = readFileSync(log(), 'utf8');
    open().add({ what: 'exported', detail: '2' });
    assert.ok(readFileSync(log(), 'utf8').startsWith(first));
    assert.equal(statSync(log()).mode & 0o777, 0o600);
    assert.deepEqual(open().entries().map(({ detail }) => detail), ['1', '2']);
  });

  it('tells once what every window reports, and again what is done again', () => {
    const audit = open();
    for (let window = 0; window < 3; window++) audit.add({ what: 'key-rotated', accountId: 'a' });
    clock.jump(20 * SECOND_MS);
    audit.add({ what: 'key-rotated', accountId: 'a' });
    audit.add({ what: 'key-rotated', accountId: 'b' });
    assert.deepEqual(audit.entries().map(({ accountId }) => accountId), ['a', 'a', 'b']);
  });

  it('goes on after a torn line, and leaves out what it cannot read', () => {
    open().add({ what: 'exported' });
    appendFileSync(log(), '{"at":1,"what":"exp');
    open().add({ what: 'imported' });
    appendFileSync(log(), '{"at":1,"what":"something-newer"}\n');
    assert.deepEqual(open().entries().map(({ what }) => what), ['exported', 'imported']);
  });

  it('keeps the newest megabyte and up to another before it', () => {
    const detail = 'x'.repeat(4000);
    const audit = open();
    for (let index = 0; index < 700; index++) audit.add({ what: 'exported', detail: `${index} ${detail}` });
    for (const file of [log(), `${log()}.old`]) assert.ok(statSync(file).size <= 1024 * 1024 && statSync(file).size > 0);
    const numbers = audit.entries().map(entry => parseInt(entry.detail ?? '', 10));
    assert.equal(numbers.at(-1), 699);
    assert.deepEqual(numbers, numbers.map((_, index) => numbers[0]! + index));
    assert.ok(numbers.length > 256);
  });

  it('that cannot be written is told, and stops nothing', () => {
    mkdirSync(log());
    const told: string[] = [];
    open(why => told.push(why)).add({ what: 'exported' });
    assert.match(told.join(), /audit log cannot be written \(EISDIR\)/);
  });

  it('joins with that of a backup: every entry once, in the order of time, the newest if they are many', () => {
    const line = (at: number, detail = ''): string => `${JSON.stringify({ at, what: 'exported', detail })}\n`;
    assert.deepEqual(parseAudit(mergeAudit(line(2) + line(4), line(1) + line(2) + line(3))).map(({ at }) => at), [1, 2, 3, 4]);
    const many = Array.from({ length: 600 }, (_, index) => line(index, 'y'.repeat(4000))).join('');
    const merged = parseAudit(mergeAudit(many, line(DAY_MS)));
    assert.equal(merged.at(-1)?.at, DAY_MS);
    assert.ok(merged.length > 200 && merged.length < 300);
  });

  it('is empty where nothing was done', () => {
    assert.equal(auditText(path.join(dir(), 'none')), '');
    assert.equal(existsSync(log()), false);
    writeFileSync(log(), '');
    chmodSync(log(), 0o600);
    assert.deepEqual(open().entries(), []);
  });
});
