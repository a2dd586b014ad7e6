/**
 * Where the windows of one profile meet: a folder that only this user may enter, with a link `engine.<generation>` to the socket of
 * the engine that runs, and a token that every connection must show. On Windows a named pipe, whose name tells nothing of the token.
 * Light, and asynchronous throughout: the extension host looks here before anything else.
 */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The engine of another window. */
export interface Owner {
  /** Closes when that engine ends; null: it is there and takes no connection. */
  readonly socket: Socket | null;
  readonly token: string;
  /** Which link it was found by; 0 on Windows. */
  readonly generation: number;
}

/** Unix sockets have paths of 108 bytes on Linux and 104 on macOS at most, with a zero at the end. */
const MAX_PATH_BYTES = 100;
const LINK = /^engine\.(\d{1,12})$/;
const TOKEN = /^[0-9a-f]{32}$/;

/** A user need not have a name. */
const uid = process.getuid?.();

/** A pipe's name stays with its process as long as that lives: there, who hangs cannot be replaced. */
export const canDepose = process.platform !== 'win32';

/** Null: no engine runs. @throws when it cannot be known. */
export async function findOwner(storageDir: string): Promise<Owner | null> {
  if (process.platform === 'win32') {
    const token = await readToken(pipeTokenFile(storageDir));
    const found = token === null ? null : await tryConnect(pipeName(token));
    return found === null || token === null ? null : { socket: socketOf(found), token, generation: 0 };
  }
  for (const folder of meetingFolders(storageDir)) {
    if (!await isPrivate(folder)) continue;
    const generation = (await generations(folder)).at(-1);
    const found = generation === undefined ? null : await tryConnect(linkOf(folder, generation));
    if (found !== null) return { socket: socketOf(found), token: await readToken(tokenFile(folder)) ?? '', generation: generation ?? 0 };
  }
  return null;
}

/**
 * Nobody listens there, or no more: a name of nothing (ENOENT), a socket that its process left (ECONNREFUSED; on macOS also one whose
 * queue is full, see `refusedIsDead`), something that is no socket of this kind (ENOTSOCK, EPROTOTYPE), an owner that ends in this moment (ECONNRESET, EPIPE).
 */
const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'EPROTOTYPE', 'ECONNRESET', 'EPIPE']);
/** Somebody listens and does not come to take connections: the queue is full (EAGAIN, Linux), all instances of a pipe are busy for half a minute (EBUSY, ETIMEDOUT, Windows). */
const BUSY = new Set(['EAGAIN', 'EBUSY', 'ETIMEDOUT']);
/** Whether who refuses has ended for certain. */
export const refusedIsDead = process.platform === 'linux' || process.platform === 'win32';

/**
 * Null: nobody listens there. 'silent': somebody does who takes no connection. @throws what tells neither: what is forbidden (EACCES,
 * EPERM: the pipe of a process with higher rights, a sandbox), a process out of files (EMFILE), a path that is too long (ENAMETOOLONG).
 */
export const tryConnect = (address: string): Promise<Socket | 'silent' | null> => new Promise((resolve, reject) => {
  const socket = connect(address);
  const failed = (error: NodeJS.ErrnoException): void => {
    const { code = '' } = error;
    if (NOBODY.has(code)) resolve(null);
    else if (BUSY.has(code)) resolve('silent');
    else reject(error);
  };
  socket.once('error', failed);
  socket.once('connect', () => {
    socket.off('error', failed).on('error', () => undefined); // 'close' follows, and says as much
    resolve(socket);
  });
});

export const socketOf = (found: Socket | 'silent'): Socket | null => (found === 'silent' ? null : found);

/**
 * In order of preference. The first is the profile's own, when its path is short enough for sockets. The second is the same whatever a
 * process was started with: who looked in another place would find nobody, and two engines would write the same files.
 */
export function meetingFolders(storageDir: string): readonly string[] {
  const resolved = path.resolve(storageDir);
  const name = createHash('sha256').update(resolved).digest('hex').slice(0, 16);
  const far = ['/tmp', tmpdir()].map(base => path.join(base, `quota-monitor-${uid}`, name));
  return [...new Set([path.join(resolved, 'engine'), ...far])].filter(folder => Buffer.byteLength(path.join(folder, 's-000000000000')) <= MAX_PATH_BYTES);
}

/** Whether it is a folder of this user that nobody else may enter. */
export async function isPrivate(folder: string): Promise<boolean> {
  const stat = await lstat(folder).catch(() => null);
  return stat !== null && stat.isDirectory() && stat.uid === uid && (stat.mode & 0o077) === 0;
}

/** The numbers of the links, ascending: they only rise, and the highest one stays when its engine ends. */
export const generations = async (folder: string): Promise<number[]> =>
  (await readdir(folder)).map(name => Number(LINK.exec(name)?.[1] ?? 0)).filter(number => number > 0).sort((a, b) => a - b);

export const linkOf = (folder: string, generation: number): string => path.join(folder, `engine.${generation}`);
export const tokenFile = (folder: string): string => path.join(folder, 'token');
export const pipeTokenFile = (storageDir: string): string => path.join(storageDir, 'engine.token');
export const pipeName = (token: string): string => `\\\\.\\pipe\\quota-monitor-${createHash('sha256').update(token).digest('hex').slice(0, 32)}`;

/** Null: there is none, or it is no token. */
export const readToken = async (file: string): Promise<string | null> => tokenIn(await readFile(file, 'utf8').catch(() => ''));

/** Null: it is no token. */
export const tokenIn = (text: string): string | null => (TOKEN.test(text.trim()) ? text.trim() : null);
