import { engineEvents, engineRequests, hostRequests, type EngineEvent, type EngineEventName } from '../core/protocol';
import type { Clock, EpochMs } from '../core/time';
import type { Channel } from './channel';
import { Peer } from './peer';
import { Vigil } from './vigil';

export type EnginePeer = Peer<typeof engineRequests, typeof hostRequests, typeof engineEvents>;

/** To an engine: the one that this window runs, or another window's. */
export interface Link {
  readonly peer: EnginePeer;
  readonly vigil: Vigil;
  /** False: another window's. */
  readonly own: boolean;
  readonly madeAt: EpochMs;
  /** It has said that it serves this window. */
  served: boolean;
  close(): void;
}

export interface LinkOptions {
  readonly channel: Channel;
  readonly own: boolean;
  readonly clock: Clock;
  /** Null: no secret is kept under this id. */
  readonly secret: (accountId: string) => Promise<string | null>;
  hear<K extends EngineEventName>(name: K, data: EngineEvent<K>): void;
  /** The other side is gone. */
  ended(): void;
  readonly patience: Patience;
  /** The other side is there, and answers nothing. */
  silent(): void;
}

/** How many looks of a vigil in a row without any answer, after a first one, are too many. */
export interface Patience {
  /** Of another window's engine that has served this window: it hangs, and is replaced within two seconds. */
  readonly served: number;
  /** Of one that has just begun, and may be busy with that: ten seconds. */
  readonly beginning: number;
  /** Of one's own, which is ended then: half a minute. */
  readonly own: number;
}
export const PATIENCE: Patience = { served: 4, beginning: 24, own: 74 };

export function makeLink({ channel, own, clock, secret, hear, ended, patience, silent }: LinkOptions): Link {
  channel.onClose(ended); // before the peer's own words for it
  const peer: EnginePeer = new Peer(channel, {
    ask: engineRequests, answer: hostRequests, hear: engineEvents,
    handlers: { secret: async ({ accountId }) => ({ secret: await secret(accountId) }) },
    onEvent: hear,
    onRefused: message => hear('log', { level: 'warn', message }),
  });
  const link: Link = {
    peer, own, served: false, madeAt: clock.now(), close: () => channel.close(),
    vigil: new Vigil(clock, () => peer.request('ping', {}), () => patience[own ? 'own' : link.served ? 'served' : 'beginning'], silent),
  };
  return link;
}
