/** Whom work is for: the setting `clients` tells it from the folders of projects. */
import * as z from 'zod/mini';

const named = (length: number) => z.string().check(z.trim(), z.minLength(1), z.maxLength(length));

/** `projects`: folders, or patterns of folders, of which `*` stands for a part of a name and `**` for any number of folders. */
export const Client = /* @__PURE__ */ z.strictObject({
  name: /* @__PURE__ */ named(100),
  projects: /* @__PURE__ */ z.array(/* @__PURE__ */ named(1000)).check(/* @__PURE__ */ z.minLength(1), /* @__PURE__ */ z.maxLength(100)),
});
export type Client = Readonly<z.infer<typeof Client>>;
export const MAX_CLIENTS = 200;

/**
 * The client of a project: a folder belongs to what is said of it or of a folder above it, and of several to the longest.
 * @returns null: nobody's.
 */
export function clientOf(clients: readonly Client[], project: string | null): string | null {
  if (project === null) return null;
  const folders = partsOf(project);
  let best: { readonly name: string; readonly length: number } | null = null;
  for (const { name, projects } of clients) {
    for (const pattern of projects) {
      if (pattern.length > (best?.length ?? 0) && covers(partsOf(pattern), folders)) best = { name, length: pattern.length };
    }
  }
  return best?.name ?? null;
}

/** The same for many rows, which mostly are of a few projects. */
export function clientFinder(clients: readonly Client[]): (project: string | null) => string | null {
  const found = new Map<string | null, string | null>();
  return project => {
    let client = found.get(project);
    if (client === undefined) found.set(project, client = clientOf(clients, project));
    return client;
  };
}

/** Windows does not tell cases apart; its paths begin with a drive or a server. */
function partsOf(path: string): readonly string[] {
  const parts = path.replaceAll('\\', '/').replace(/\/+$/, '').split('/');
  return /^([a-z]:|\\\\)/i.test(path) ? parts.map(part => part.toLowerCase()) : parts;
}

/** Whether the pattern matches the folder or one above it. Takes time in proportion to both lengths. */
function covers(pattern: readonly string[], folders: readonly string[]): boolean {
  let reached = new Set([0]); // places in the pattern before which all folders so far match
  for (const folder of folders) {
    const next = new Set<number>();
    for (const at of withSkipped(pattern, reached)) {
      if (at === pattern.length) return true;
      const part = pattern[at] ?? '';
      if (part === '**') next.add(at);
      else if (matches(part, folder)) next.add(at + 1);
    }
    reached = next;
  }
  return withSkipped(pattern, reached).has(pattern.length);
}

/** A `**` stands for no folder too. */
function withSkipped(pattern: readonly string[], places: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(places);
  for (const at of all) if (pattern[at] === '**') all.add(at + 1);
  return all;
}

function matches(part: string, name: string): boolean {
  const pieces = part.split('*');
  if (pieces.length === 1) return part === name;
  const [first = '', last = ''] = [pieces[0], pieces.at(-1)];
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > name.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
