import { existsSync } from 'node:fs';
import path from 'node:path';

/** Folders that are looked at; a machine's logs name some hundred. */
const MAX_FOLDERS = 10_000;

/**
 * Tells which project a folder belongs to: the root of the git repository, worktree or submodule that it lies in, else the folder itself.
 * Of a folder that is gone those above it are asked. Looks for `.git` and opens nothing; what was found holds for this object's life.
 */
export class Projects {
  readonly #known = new Map<string, string>();
  readonly #roots = new Map<string, string | null>();

  /** @param folder as a log tells it; one of another system, or on a network server that a look would sign in to, stays as it is. */
  of(folder: string): string {
    let project = this.#known.get(folder);
    if (project === undefined) {
      const told = folder.replace(/^[a-z](?=:[\\/])/, drive => drive.toUpperCase()); // one drive of Windows, which some tools write in small
      project = path.isAbsolute(told) && !/^[\\/]{2}/.test(told) ? this.#rootOf(path.resolve(told)) ?? told : told;
      if (this.#known.size < MAX_FOLDERS) this.#known.set(folder, project);
    }
    return project;
  }

  #rootOf(folder: string): string | null {
    const known = this.#roots.get(folder);
    if (known !== undefined || this.#roots.size >= MAX_FOLDERS) return known ?? null;
    const parent = path.dirname(folder);
    const root = existsSync(path.join(folder, '.git')) ? folder : parent === folder ? null : this.#rootOf(parent);
    this.#roots.set(folder, root);
    return root;
  }
}
