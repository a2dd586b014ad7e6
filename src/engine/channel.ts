import type { Frame } from '../core/protocol';

/** A two-way line of frames between two processes or threads. What comes in is unparsed. */
export interface Channel {
  send(frame: Frame): void;
  /** One listener each; set before frames can arrive. */
  onFrame(listener: (raw: unknown) => void): void;
  /** Called once, also after `close`. */
  onClose(listener: () => void): void;
  close(): void;
}

/** What Worker and MessagePort have in common; Worker says 'exit' where a port says 'close'. */
export interface PortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close' | 'exit', listener: () => void): unknown;
}

/** Frames as structured clones over a port. @param end closes the other side. */
export function portChannel(port: PortLike, end: () => void): Channel {
  let closed = false;
  const listeners: (() => void)[] = [];
  const finish = (): void => {
    if (closed) return;
    closed = true;
    for (const listener of listeners) listener();
  };
  port.on('close', finish);
  port.on('exit', finish);
  return {
    send: frame => { if (!closed) port.postMessage(frame); },
    onFrame: listener => { port.on('message', message => { if (!closed) listener(message); }); },
    onClose: listener => { listeners.push(listener); },
    close: () => { finish(); end(); },
  };
}

/** A line to nobody, which ends at once: before it does, its listeners are set. */
export function deadChannel(): Channel {
  return { send: () => undefined, onFrame: () => undefined, onClose: listener => queueMicrotask(listener), close: () => undefined };
}
