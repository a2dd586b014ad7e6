import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type FileState, FileStates, packFiles } from '../../../src/engine/logs/fileStates';

const file: fc.Arbitrary<FileState> = fc.record({
  path: fc.constantFrom('/a', '/b', '/c', '/d'), packed: fc.boolean(), size: fc.integer({ min: -1, max: 2 ** 40 }), mtimeMs: fc.double({ min: 0, max: 2e12, noNaN: true }), inode: fc.maxSafeNat(),
  offset: fc.nat(), tail: fc.maxSafeNat(), parser: fc.constantFrom(undefined, null, { model: 'm\n', totals: [1, 2] }), damaged: fc.nat(3), tooLong: fc.nat(3), inLongLine: fc.boolean(),
}, { noNullPrototype: true });
const byPath = (files: readonly FileState[]): readonly FileState[] => files.toSorted((a, b) => (a.path < b.path ? -1 : 1));

describe('what is known of files', () => {
  it('is what it was after a restart, whatever was written down last', () => {
    fc.assert(fc.property(fc.array(file), fc.array(file), fc.array(file), (image, journal, later) => {
      const direct = new FileStates();
      for (const each of [...image, ...journal]) direct.set(each);
      const first = new FileStates();
      for (const each of image) first.set(each);
      const restarted = new FileStates();
      restarted.restore(packFiles(first.all()));
      const record = packFiles([...new Map(journal.map(each => [each.path, each])).values()]);
      restarted.restore(JSON.parse(JSON.stringify(record)) as typeof record);
      for (const each of later) for (const files of [direct, restarted]) files.set(each);
      assert.deepEqual([byPath(restarted.all()), restarted.skipped], [byPath(direct.all()), direct.skipped]);
      for (const { path, packed, size, mtimeMs, inode } of direct.all()) {
        const same = (more: number, other = packed): boolean => restarted.isSame(path, other, size, mtimeMs + more, inode);
        assert.deepEqual([same(0), same(1), same(0, !packed)], [true, false, false]);
        restarted.delete(path);
      }
      assert.deepEqual([restarted.size, restarted.skipped], [0, { damaged: 0, tooLong: 0 }]);
    }));
  });

  it('tells after a listing which are gone, also of those that were read meanwhile', () => {
    const state = (path: string, size = 1): FileState => ({ path, packed: false, size, mtimeMs: 1, inode: 1, offset: 1, tail: 1, parser: undefined, damaged: 0, tooLong: 0, inLongLine: false });
    const files = new FileStates();
    files.restore(packFiles([state('/kept'), state('/grown'), state('/gone')]));
    for (const round of [1, 2]) {
      files.beginListing();
      assert.deepEqual(['/kept', '/grown', '/new', '/kept', '/new'].map(path => files.list(path, false, path === '/kept' ? 1 : round + 1, 1, 1)), ['same', 'fresh', 'fresh', 'again', 'again']);
      for (const path of ['/grown', '/new']) files.set(state(path, round + 1));
      assert.deepEqual(files.unlisted, ['/gone']);
    }
  });
});
