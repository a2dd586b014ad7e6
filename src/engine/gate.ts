import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import { engineRequests, PROTOCOL_VERSION } from '../core/protocol';
import { SECOND_MS, type Clock } from '../core/time';
import type { Channel } from './channel';

/** How long a connection may take for its first frame. */
const HELLO_MS = 10 * SECOND_MS;

const Hello = z.object({ type: z.literal('request'), id: z.number(), method: z.literal('hello'), params: engineRequests.hello.params });

export interface GateOptions {
  readonly token: string;
  readonly clock: Clock;
  /** Gets a line of frames that begins with the hello. */
  readonly admit: (channel: Channel) => void;
  /** Gets a sentence for the log. */
  readonly refuse: (why: string) => void;
}

/**
 * Holds a connection until it has shown the token, and ends it when it shows something else. One that speaks another version is told
 * so and kept, unheard: by the end of its socket it learns that this engine is gone, and that it may try again.
 */
export function gate(channel: Channel, { token, clock, admit, refuse }: GateOptions): void {
  const listeners: ((raw: unknown) => void)[] = [];
  let state: 'waiting' | 'admitted' | 'barred' = 'waiting';
  const end = (why: string): void => {
    refuse(`A connection was refused: ${why}.`);
    channel.close();
  };
  /** Nobody listens to who is barred. */
  const hear = (raw: unknown): void => { for (const listener of listeners) listener(raw); };
  const timer = clock.after(HELLO_MS, () => end('it did not say what it is'));
  channel.onClose(() => timer.dispose());
  channel.onFrame(raw => {
    if (state !== 'waiting') return hear(raw);
    timer.dispose();
    const hello = z.safeParse(Hello, raw);
    if (!hello.success) return end('it did not begin with a hello');
    const { id, params } = hello.data;
    if (!sameText(params.token ?? '', token)) return end('it does not have the token of this profile');
    if (params.version !== PROTOCOL_VERSION) {
      state = 'barred';
      refuse(`A window runs another version of this extension (protocol ${params.version}, here ${PROTOCOL_VERSION}) and is not served.`);
      return channel.send({ type: 'reply', id, ok: true, result: { version: PROTOCOL_VERSION } });
    }
    state = 'admitted';
    admit({ ...channel, onFrame: each => { listeners.push(each); } });
    hear(raw);
  });
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
/** Takes as long for any two texts of a length. */
export const sameText = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
