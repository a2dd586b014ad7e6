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
  /** The other side is there, and answers nothing. */
  silent(): void;
}

/** Another window's engine answers nothing for some ten seconds; one's own, which is ended then, for half a minute. */
const SILENT_LOOKS = { other: 4, own: 14 };

export function makeLink({ channel, own, clock, secret, hear, ended, silent }: LinkOptions): Link {
  channel.onClose(ended); // before the peer's own words for it
  const peer: EnginePeer = new Peer(channel, {
    ask: engineRequests, answer: hostRequests, hear: engineEvents,
    handlers: { secret: async ({ accountId }) => ({ secret: await secret(accountId) }) },
    onEvent: hear,
    onRefused: message => hear('log', { level: 'warn', message }),
  });
  return {
    peer, own, served: false, madeAt: clock.now(), close: () => channel.close(),
    vigil: new Vigil(clock, () => peer.request('ping', {}), SILENT_LOOKS[own ? 'own' : 'other'], silent),
  };
}
