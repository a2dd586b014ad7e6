import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A fresh folder for each test of the enclosing `describe`, removed after it. */
export function useTempDir(): () => string {
  let dir = '';
  beforeEach(() => { dir = mkdtempSync(path.join(tmpdir(), 'qm-')); });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  return () => dir;
}
