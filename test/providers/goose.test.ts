import assert from 'node:assert/strict';
import { goose } from '../../src/providers/goose';
import { TestHome, total } from '../engine/logs/rig';

const DB = '.local/share/goose/sessions/sessions.db';
const SCHEMA = `CREATE TABLE sessions(id TEXT PRIMARY KEY, description TEXT, working_dir TEXT, created_at TIMESTAMP, updated_at TIMESTAMP, total_tokens INTEGER,
  accumulated_total_tokens INTEGER, accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER, provider_name TEXT, model_config_json TEXT)`;
const insert = (id: string, input: number | null, output: number | null, at: string, model: string | null = '{"model_name":"gpt-5.6-sol","temperature":null}'): string =>
  `INSERT INTO sessions(id, working_dir, accumulated_input_tokens, accumulated_output_tokens, updated_at, model_config_json)
   VALUES ('${id}', '/home/dev/app', ${input ?? 'NULL'}, ${output ?? 'NULL'}, '${at}', ${model === null ? 'NULL' : `'${model}'`})`;

describe('goose sessions', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());
  const scan = async () => (await home.scan(goose, { stateDir: home.stateDir })).report;

  it('count what their totals rose by, when they were last written, and know of no requests', async () => {
    home.database(DB, [SCHEMA, insert('a', 1000, 100, '2026-11-22 10:00:05'), insert('b', 500, 50, '2026-11-22 10:20:00')]);
    assert.deepEqual((await scan()).buckets.map(({ startAt, model, project, tokens, requests }) => [startAt, model, project, tokens?.input, tokens?.output, requests]), [
      [Date.UTC(2026, 10, 22, 10), 'gpt-5.6-sol', '/home/dev/app', 1500, 150, null],
    ]);
    home.database(DB, ["UPDATE sessions SET accumulated_input_tokens = 1700, accumulated_output_tokens = 130, updated_at = '2026-11-22 14:30:00' WHERE id = 'a'"]);
    for (let i = 0; i < 2; i++) {
      assert.deepEqual((await scan()).buckets.map(({ startAt, tokens }) => [startAt, tokens?.input, tokens?.output]), [
        [Date.UTC(2026, 10, 22, 10), 1500, 150], [Date.UTC(2026, 10, 22, 14), 700, 30],
      ]);
    }
  });

  it('count none that fell, and none without totals', async () => {
    home.database(DB, [SCHEMA, insert('a', 1000, 100, '2026-11-22 10:00:05'), insert('b', null, null, '2026-11-22 10:00:05')]);
    await scan();
    home.database(DB, ["UPDATE sessions SET accumulated_input_tokens = 10, accumulated_output_tokens = 1, updated_at = '2026-11-22 14:30:00'"]);
    const report = await scan();
    assert.deepEqual([total(report).input, total(report).output], [1010, 101]); // those of b, which were told for the first time
  });

  it('are all read, however many there are', async () => {
    const many = "INSERT INTO sessions(id, accumulated_output_tokens, updated_at) WITH c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 7000) SELECT 's' || i, 1, '2026-11-22 10:00:05' FROM c";
    home.database(DB, [SCHEMA, many]);
    assert.equal(total(await scan()).output, 7000);
    home.database(DB, ["UPDATE sessions SET accumulated_output_tokens = 3 WHERE id IN ('s1', 's4000', 's7000')"]);
    assert.equal(total(await scan()).output, 7006);
  });

  it('are of an unknown model where their settings cannot be read', async () => {
    home.database(DB, [SCHEMA, insert('a', 1, 1, '2026-11-22 10:00:05', null), insert('b', 1, 1, '2026-11-22 10:00:05', 'no json'), insert('c', 1, 1, 'never')]);
    const { report, notes } = await home.scan(goose);
    assert.deepEqual([report.buckets.map(({ model }) => model), total(report).output, notes], [['unknown'], 2, ['1 damaged line or file not counted.']]);
  });

  it('lie in one of several folders', () => {
    const roots = goose.logs?.roots({ home: '/home/dev', platform: 'darwin', env: { GOOSE_PATH_ROOT: '/g' } }, undefined) ?? [];
    for (const root of ['/g/data/sessions', '/home/dev/.local/share/goose/sessions', '/home/dev/Library/Application Support/Block/goose/sessions']) assert.ok(roots.includes(root), root);
  });
});
