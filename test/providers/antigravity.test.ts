import assert from 'node:assert/strict';
import type { ProtobufField } from '../../src/core/protobuf';
import { antigravity } from '../../src/providers/antigravity';
import { type SqliteFile, writeSqlite } from '../support/nodeSqlite';
import { protobuf } from '../support/protobuf';
import { fileAt } from './localRig';
import { readDatabase } from './tables';

const text = (number: number, value: string): ProtobufField => ({ number, wireType: 'bytes', value: new TextEncoder().encode(value) });
const part = (number: number, fields: readonly ProtobufField[]): ProtobufField => ({ number, wireType: 'bytes', value: protobuf(fields) });
const figure = (number: number, value: number | bigint): ProtobufField => ({ number, wireType: 'varint', value: BigInt(value) });
const USAGE = [figure(1, 1132), figure(2, 300), figure(5, 9000), figure(9, 40), figure(10, 60), text(11, 'answer-1')];
const TIME = part(9, [part(4, [figure(1, 1795348700), figure(2, 250_000_000)])]);
const answer = (usage: readonly ProtobufField[] = USAGE, more: readonly ProtobufField[] = [TIME, text(19, 'gemini-3-pro')]): Uint8Array => protobuf([part(1, [part(4, usage), ...more])]);

describe('antigravity conversations', () => {
  let db: SqliteFile;
  beforeEach(() => {
    db = writeSqlite(':memory:');
    db.exec('CREATE TABLE gen_metadata(idx INTEGER PRIMARY KEY, data BLOB); CREATE TABLE trajectory_metadata_blob(id TEXT PRIMARY KEY, data BLOB)');
  });
  afterEach(() => db.close());
  const format = (() => {
    const [first] = antigravity.logs?.formats ?? [];
    return first?.kind === 'database' ? first : assert.fail('no database');
  })();
  const insert = (data: unknown): void => void db.prepare('INSERT INTO gen_metadata(data) VALUES (?)').run(data);
  const read = (state?: unknown) => readDatabase(format, db, state, { file: fileAt('/home/dev/.gemini/antigravity-cli/conversations/c-1.db') });

  it('tell the figures of answers, and where they were given', () => {
    db.prepare('INSERT INTO trajectory_metadata_blob VALUES (?, ?)').run('main', protobuf([part(1, [text(1, 'file:///home/dev/my%20app')]), part(2, [figure(1, 1795340000)])]));
    insert(answer());
    assert.deepEqual(read().responses, [{
      id: 'answer-1', at: 1795348700250, model: 'gemini-3-pro', project: '/home/dev/my app', branch: null, session: 'c-1',
      input: 1432, cacheRead: 9000, cacheWrite5m: 0, cacheWrite1h: 0, output: 100, reasoning: 60, tier: null, costMicros: null,
    }]);
  });

  it('count when their conversation began where they tell no time that can be read, or else not at all', () => {
    for (const more of [[text(21, 'Gemini 3 Flash')], [part(9, [figure(2, 2n ** 64n - 1n), text(10, '12345678')])], [part(9, [part(4, [figure(1, 5)])])]]) insert(answer([figure(2, 1)], more));
    assert.deepEqual([read().responses.length, read().damagedCount], [0, 3]);
    db.prepare('INSERT INTO trajectory_metadata_blob VALUES (?, ?)').run('main', protobuf([part(1, [text(1, 'file:///c%3A/app')]), part(2, [figure(1, 1795340000), figure(2, 5)])]));
    assert.deepEqual(read().responses.map(({ id, at, model, project }) => [id, at, model, project]), [
      ['c-1 1', 1795340000000, 'Gemini 3 Flash', 'c:/app'], ['c-1 2', 1795340000000, 'unknown', 'c:/app'], ['c-1 3', 1795340000000, 'unknown', 'c:/app'],
    ]);
  });

  it('are read again while an answer has no usage yet', () => {
    insert(protobuf([part(1, [TIME])]));
    insert(answer());
    const first = read();
    assert.deepEqual(first.responses.map(({ id }) => id), ['answer-1']);
    db.prepare('UPDATE gen_metadata SET data = ? WHERE idx = 1').run(answer([figure(9, 5), text(11, 'answer-0')]));
    const second = read(first.state);
    assert.deepEqual(second.responses.map(({ id, output }) => [id, output]), [['answer-0', 5]]);
    assert.deepEqual(read(second.state).responses, []);
  });

  it('are passed over where their bytes are damaged, or mean something else', () => {
    for (const bad of [answer().subarray(0, 30), Buffer.from([0xff]), 'text', null, new Uint8Array(), answer([figure(2, 2n ** 60n), figure(9, 5)])]) insert(bad);
    const { responses, damagedCount } = read();
    assert.deepEqual([responses, damagedCount], [[], 3]);
  });

  it('say that they are experimental', () => {
    assert.match(antigravity.info.summary, /experimental/i);
    assert.deepEqual(antigravity.logs?.roots({ home: '/u', platform: 'linux', env: {} }, undefined), ['/u/.gemini/antigravity-cli/conversations']);
  });
});
