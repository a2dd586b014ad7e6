/** An owner that was deposed while it hung: what it still does must not reach the files of the one that took over. */
import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Accounts } from '../../../src/engine/accounts';
import { replaceFile } from '../../../src/engine/atomicFile';
import { History } from '../../../src/engine/history/history';
import { loosen } from '../../../src/engine/history/loosen';
import { readJournal } from '../../../src/engine/history/journal';
import { FakeClock } from '../../support/fakeClock';
import { account, meter, reading } from '../../support/readings';
import { openSql } from '../../support/sql';
import { useTempDir } from '../../support/tempDir';

describe('a history that lost its folder', () => {
  const dir = useTempDir();
  const clock = new FakeClock();
  const histories: History[] = [];
  let isOwner: boolean;
  beforeEach(() => { isOwner = true; });
  afterEach(() => { for (const history of histories.splice(0)) history.close(); });

  async function open(guard: () => void = () => undefined): Promise<History> {
    const history = new History({ dir: dir(), openSql: await openSql(), clock, retentionDays: null, guard });
    histories.push(history);
    return history;
  }
  const guarded = () => open(() => { if (!isOwner) throw new Error('Another window has taken over.'); });
  const record = (history: History, used: number) => {
    history.record('a', reading(clock.now(), { meters: [meter(clock.now(), { used })] }));
    history.flush();
  };
  const files = () => readdirSync(dir()).map(name => [name, readFileSync(path.join(dir(), name)).toString('base64')]);

  it('writes nothing: no record, no image, nothing at the end', async () => {
    const old = await guarded();
    record(old, 1);
    isOwner = false;
    const before = files();
    record(old, 2);
    old.checkpoint();
    old.touch('a', clock.now() + 1);
    old.close();
    assert.deepEqual(files(), before);
  });

  it('puts no image in place that it had begun to write before', async () => {
    const old = await guarded();
    record(old, 1);
    let checks = 0;
    isOwner = true;
    const other = await open(() => { if (++checks > 1) throw new Error('Another window has taken over.'); }); // passes the first looks, as if stopped in between
    other.checkpoint();
    assert.equal(existsSync(path.join(dir(), 'history.sqlite')), false);
  });

  /** Passes so many looks, as of a process that is stopped after them, or waits for its disk. */
  const passing = (looks: number) => () => {
    if (looks-- <= 0) throw new Error('Another window has taken over.');
  };

  it('does not take away the journal of its successor, with which it was about to begin anew', async () => {
    const old = await open();
    record(old, 1);
    old.close();
    const hanging = await open(passing(2)); // before the image is written, and before it is put in place
    hanging.checkpoint();
    assert.ok(existsSync(path.join(dir(), 'history.sqlite')));
    assert.ok(existsSync(path.join(dir(), 'history.journal')));
  });

  it('puts no list of accounts in place that it had begun to write before', () => {
    const [first, second] = ['a', 'b'].map(id => account(id));
    new Accounts(dir()).add(first!);
    const hanging = new Accounts(dir(), [], passing(1));
    assert.throws(() => hanging.add(second!), /^Error: Another window has taken over/);
    assert.deepEqual([hanging.all, new Accounts(dir()).all], [[first], [first]]);
  });

  it('cannot spoil a small file that its successor has replaced, though it was about to write the same', () => {
    const file = path.join(dir(), 'accounts.json');
    const begun = openSync(`${file}.tmp`, 'w'); // was stopped after this
    replaceFile(file, Buffer.from('new'));
    writeSync(begun, 'old and longer');
    closeSync(begun);
    assert.equal(readFileSync(file, 'utf8'), 'new');
  });

  it('cannot spoil the journal of its successor with what it was about to write', async () => {
    const old = await open(); // was stopped after it had looked
    record(old, 1);
    writeFileSync(path.join(dir(), 'history.sqlite.tmp'), 'half an image');
    loosen(dir());
    const successor = await open();
    record(successor, 2);
    record(old, 50);
    record(successor, 3);
    const journal = readJournal(path.join(dir(), 'history.journal'));
    assert.deepEqual([journal?.damaged, journal?.texts.length], [0, 3]);
    assert.equal(existsSync(path.join(dir(), 'history.sqlite.tmp')), false);
    successor.close();
    assert.equal((await open()).lastReading('a')?.meters[0]?.used, 3);
  });
});
