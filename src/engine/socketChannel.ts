import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import type { Channel } from './channel';

/** A snapshot of 50 accounts has some 200 KB. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** Of who has not said yet who it is. */
export const MAX_HELLO_BYTES = 4 * 1024;
/** What may wait for a side that does not read; a window that hangs must not fill the memory of the one that serves it. */
export const MAX_BACKLOG_BYTES = 32 * 1024 * 1024;

/**
 * Frames as lines of JSON over a socket. A line that is no JSON, or too long, ends the connection; so does a side that reads nothing.
 * @param onBroken gets a sentence on why, for the log. @param maxFirstBytes what the first line may have.
 */
export function socketChannel(socket: Socket, onBroken: (why: string) => void = () => undefined, maxFirstBytes = MAX_FRAME_BYTES): Channel {
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  let length = 0;
  let maxBytes = maxFirstBytes;
  let closed = false;
  let listener: (raw: unknown) => void = () => undefined;
  const closeListeners: (() => void)[] = [];
  const finish = (): void => {
    if (closed) return;
    closed = true;
    socket.destroy();
    for (const each of closeListeners) each();
  };
  const broken = (why: string): void => {
    if (!closed) onBroken(`The connection to another window was ended: ${why}.`);
    finish();
  };
  const line = (text: string): void => {
    const frame = parseJson(text);
    if (frame === undefined) broken('it sent something that is no message');
    else listener(frame);
  };
  socket.on('data', chunk => {
    const lines = decoder.write(chunk).split('\n');
    const rest = lines.pop() ?? '';
    for (const text of lines) {
      if (closed) return;
      line(pieces.join('') + text);
      pieces = [];
      length = 0;
      maxBytes = MAX_FRAME_BYTES;
    }
    pieces.push(rest);
    length += rest.length;
    if (length > maxBytes) broken('it sent a message that is too long');
  });
  socket.on('error', finish);
  socket.on('close', finish);
  if (socket.destroyed) queueMicrotask(finish); // it has said so, to nobody
  return {
    send: frame => {
      if (closed) return;
      socket.write(`${JSON.stringify(frame)}\n`);
      if (socket.writableLength > MAX_BACKLOG_BYTES) broken('it does not read what it is sent');
    },
    onFrame: each => { listener = each; },
    onClose: each => { closeListeners.push(each); },
    close: finish,
  };
}

/** Undefined: no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
