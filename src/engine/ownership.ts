/**
 * One engine for each storage folder. On Unix an owner first listens on a socket of its own random name and then publishes it by
 * a symbolic link `engine.<generation>` with the next free number: making a link is atomic and fails when there is one, so that of
 * two starters one wins; and what is published listens already, so that a refused connection means a dead owner, whose process may
 * have been killed. A link is also the right to write: whoever takes over from an owner that hangs removes that owner's link, and
 * an owner looks whether its own is still there before it writes. On Windows a named pipe is all this by itself.
 */
import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { HOUR_MS, systemClock } from '../core/time';
import { generations, isPrivate, linkOf, meetingFolders, pipeName, pipeTokenFile, refusedIsDead, socketOf, tokenFile, tryConnect } from './place';
import { keepToken, makeToken, readTokenNow } from './token';

export interface Owned {
  readonly kind: 'owner';
  /** What every connection must show. */
  readonly token: string;
  /** The owner before may be alive still, and be in the midst of writing. */
  readonly deposed: boolean;
  /** Sees to it that others find the token, which may have been cleaned away with old files of `/tmp`. */
  keepToken(): Promise<void>;
  /** False once another process has taken over; nothing may be written then. Asks the disk. */
  owns(): boolean;
  release(): void;
}
/** Another process owns the folder; the socket closes when it ends. Null: it takes no connection. */
export interface Elsewhere { readonly kind: 'elsewhere'; readonly socket: Socket | null }
export type Claim = Owned | Elsewhere;

export interface ClaimOptions {
  /** Gets the connections of others while this process owns the folder. */
  readonly onWindow: (socket: Socket) => void;
  /** The generation of an owner that hangs, which is not asked any more. */
  readonly depose?: number | null;
}

/** A disk that is full or read-only, or of a kind that has no sockets or links: the next place is tried. */
const TAKES_NOTHING = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP']);

/** Sockets, and tokens that were being made. */
const LEFT = /^(s-|token\.)[0-9a-f]{12}$/;
/** A claim takes a fraction of a second. */
const LOST_MS = HOUR_MS;

/** @throws when no socket can be made. */
export async function claim(storageDir: string, { onWindow, depose = null }: ClaimOptions): Promise<Claim> {
  if (process.platform === 'win32') return claimPipe(storageDir, onWindow);
  const folders = meetingFolders(storageDir);
  for (const folder of folders) { // before anything is made: an owner may be in one that takes nothing now
    const found = await isPrivate(folder) ? await ownerIn(folder, depose) : null;
    if (found !== null) return { kind: 'elsewhere', socket: socketOf(found) };
  }
  let problem: unknown = new Error(`${folders.join(' or ')} is not a private folder of this user.`);
  for (const folder of folders) {
    try {
      if (!await makeMeetingFolder(folder, storageDir)) continue;
      const claimed = await claimIn(folder, onWindow, depose);
      if (claimed.kind === 'owner' && depose !== null) await removeLinks(folders.filter(each => each !== folder));
      return claimed;
    } catch (error) {
      if (!TAKES_NOTHING.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      problem = error;
    }
  }
  throw problem;
}

/** Null: none, or the one that hangs. */
async function ownerIn(folder: string, depose: number | null): Promise<Socket | 'silent' | null> {
  const highest = (await generations(folder)).at(-1) ?? 0;
  return highest === 0 || highest === depose ? null : tryConnect(linkOf(folder, highest));
}

async function claimIn(folder: string, onWindow: (socket: Socket) => void, depose: number | null): Promise<Claim> {
  const token = await makeToken(tokenFile(folder));
  const own = `s-${randomBytes(6).toString('hex')}`;
  const server = await listen(path.join(folder, own), onWindow);
  try {
    const highest = (await generations(folder)).at(-1) ?? 0;
    const found = highest === 0 || highest === depose ? null : await tryConnect(linkOf(folder, highest));
    if (found !== null) {
      server.close();
      return { kind: 'elsewhere', socket: socketOf(found) };
    }
    if (!await publish(folder, own, highest + 1)) {
      server.close(); // a later owner may have removed this socket as that of an older one
      return await claimIn(folder, onWindow, depose);
    }
    await removeOlder(folder, highest + 1);
    await removeLost(folder, own);
    const published = linkOf(folder, highest + 1);
    const deposed = depose !== null || (highest !== 0 && !refusedIsDead);
    return { kind: 'owner', token, keepToken: () => keepToken(tokenFile(folder), token), deposed, owns: () => leadsTo(published, own), release: () => void server.close() };
  } catch (error) {
    server.close();
    throw error;
  }
}

function listen(address: string, onWindow: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onWindow);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      if (process.platform === 'win32') resolve(server);
      else chmod(address, 0o600).then(() => resolve(server), reject);
    });
  });
}

/** False: somebody else was faster. */
async function publish(folder: string, own: string, generation: number): Promise<boolean> {
  const published = linkOf(folder, generation);
  try {
    await symlink(own, published);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  // The number can be free because later owners cleaned up after it: then theirs is higher.
  if ((await generations(folder)).at(-1) === generation) return true;
  await rm(published, { force: true });
  return false;
}

function leadsTo(published: string, own: string): boolean {
  try {
    return readlinkSync(published) === own;
  } catch {
    return false;
  }
}

/** Links below the owner's, and the sockets that they lead to: their owners are dead, deposed, or never were. */
async function removeOlder(folder: string, own: number): Promise<void> {
  for (const generation of (await generations(folder)).filter(each => each < own)) {
    const published = linkOf(folder, generation);
    const socket = await readlink(published).catch(() => null);
    await rm(published, { force: true });
    if (socket !== null) await rm(path.join(folder, path.basename(socket)), { force: true });
  }
}

/** An owner that hangs may have had to take another place than is free now, on a disk that was full then. */
async function removeLinks(folders: readonly string[]): Promise<void> {
  for (const folder of folders) if (await isPrivate(folder)) await removeOlder(folder, Infinity);
}

/** What processes left that were killed before they had published anything. */
async function removeLost(folder: string, own: string): Promise<void> {
  for (const name of (await readdir(folder)).filter(each => LEFT.test(each) && each !== own)) {
    const file = path.join(folder, name);
    const { mtimeMs } = await lstat(file).catch(() => ({ mtimeMs: Infinity }));
    if (systemClock.now() - mtimeMs < LOST_MS) continue; // of somebody who is about to
    const found = await tryConnect(file).catch(() => 'silent' as const);
    if (found !== null) socketOf(found)?.destroy();
    else await rm(file, { force: true });
  }
}

/** False: others may enter it, or the folder that it is in. */
async function makeMeetingFolder(folder: string, storageDir: string): Promise<boolean> {
  const base = path.dirname(folder);
  return (base === path.resolve(storageDir) || await makePrivate(base)) && makePrivate(folder);
}

/** False: it cannot be made, or belongs to somebody else, or others may enter. */
async function makePrivate(folder: string): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined); // a read-only disk
  return isPrivate(folder);
}

/**
 * Windows removes a pipe with its process, and gives its name to one server only. The name follows from the token, so that nobody else can
 * be there first: when its file was deleted, the next starter makes another one, and with it owns the folder.
 * @param nameOf for tests: elsewhere a pipe is a file.
 */
export async function claimPipe(storageDir: string, onWindow: (socket: Socket) => void, nameOf = pipeName): Promise<Claim> {
  await mkdir(storageDir, { recursive: true });
  const file = pipeTokenFile(storageDir);
  const token = await makeToken(file);
  for (;;) {
    const found = await tryConnect(nameOf(token));
    if (found !== null) return { kind: 'elsewhere', socket: socketOf(found) };
    try {
      const server = await listen(nameOf(token), onWindow);
      const owns = (): boolean => [token, null].includes(readTokenNow(file));
      return { kind: 'owner', token, keepToken: async () => void (owns() && await makeToken(file, token)), deposed: false, owns, release: () => void server.close() };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}
