/** Of each tool that keeps its figures in a database: where, and statements that make a response of `output` tokens in it. */
export const databaseTools: Readonly<Record<string, { readonly file: string; readonly root: string; readonly rows: (output: number) => readonly string[] }>> = {
  'copilot-cli': {
    file: '.copilot/session-store.db', root: '.copilot',
    rows: output => [
      'CREATE TABLE IF NOT EXISTS assistant_usage_events(id INTEGER PRIMARY KEY, session_id TEXT, model TEXT, output_tokens, created_at TEXT)',
      `INSERT INTO assistant_usage_events(session_id, output_tokens, created_at) VALUES ('s', ${output}, '2026-10-31 10:00:00')`,
    ],
  },
};
