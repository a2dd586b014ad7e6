import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Journal, parseJournal, readJournal } from '../../../src/engine/history/journal';
import { useTempDir } from '../../support/tempDir';

describe('journal', () => {
  const dir = useTempDir();
  const file = () => path.join(dir(), 'journal');

  function write(...texts: string[]): void {
    const journal = new Journal(file(), readJournal(file())?.wholeBytes ?? 0);
    for (const text of texts) journal.append(text);
    journal.flush();
    journal.close();
  }

  it('gives back what was appended, in any alphabet', () => {
    write('{"a":1}', '{"b":"žluť 漢字 🎉"}');
    write('{"c":3}');
    assert.deepEqual(readJournal(file()), { texts: ['{"a":1}', '{"b":"žluť 漢字 🎉"}', '{"c":3}'], wholeBytes: readFileSync(file()).length, damaged: 0 });
  });

  it('is null where there is none', () => assert.equal(readJournal(file()), null));

  it('drops a last line that was torn at any byte, and goes on after the one before', () => {
    write('{"a":1}', '{"b":2}');
    const whole = readFileSync(file());
    const first = whole.indexOf(10) + 1;
    for (let length = first; length < whole.length; length++) {
      writeFileSync(file(), whole.subarray(0, length));
      assert.deepEqual(readJournal(file())?.texts, ['{"a":1}'], `torn at ${length}`);
      write('{"c":3}');
      assert.deepEqual(readJournal(file()), { texts: ['{"a":1}', '{"c":3}'], wholeBytes: whole.length, damaged: 0 });
    }
  });

  it('passes over a line with any flipped bit, and counts it', () => {
    write('{"a":1}', '{"b":2}', '{"c":3}');
    const whole = readFileSync(file());
    const [from, to] = [whole.indexOf(10) + 1, whole.indexOf(10, whole.indexOf(10) + 1)];
    for (let at = from; at < to; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << bit;
        const { texts, damaged } = parseJournal(bytes);
        assert.deepEqual([texts.at(0), texts.at(-1), texts.includes('{"b":2}')], ['{"a":1}', '{"c":3}', false]);
        assert.ok(damaged > 0);
      }
    }
  });

  it('overwrites what an append left behind that the disk cut short', () => {
    write('{"a":1}');
    const journal = new Journal(file(), readJournal(file())!.wholeBytes);
    appendFileSync(file(), 'half a li');
    journal.append('{"b":2}');
    journal.flush();
    journal.close();
    assert.deepEqual(readJournal(file())?.texts, ['{"a":1}', '{"b":2}']);
  });

  it('keeps one old journal when it begins anew', () => {
    const journal = new Journal(file(), 0);
    journal.append('{"a":1}');
    journal.flush();
    journal.append('{"b":2}');
    journal.rotate(`${file()}.kept`);
    journal.flush();
    journal.close();
    assert.deepEqual([readJournal(`${file()}.kept`)?.texts, readJournal(file())?.texts], [['{"a":1}'], ['{"b":2}']]);
    truncateSync(file(), 0);
    assert.deepEqual(readJournal(file())?.texts, []);
  });
});
