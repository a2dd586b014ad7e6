import { ProviderError } from '../core/errors';
import { engineRequests, hostRequests, type Alert, type EngineEvent, type EngineEventName, type LogReading } from '../core/protocol';
import { SECOND_MS, type Clock, type Disposable } from '../core/time';
import { AlertRound } from './alertRound';
import type { Channel } from './channel';
import { Peer, type Handlers } from './peer';

export type EngineHandlers = Handlers<typeof engineRequests>;
export type WindowPeer = Peer<typeof hostRequests, typeof engineRequests, Record<never, never>>;

/** How long one window may take to give a secret: an abandoned browser tab answers never. */
const SECRET_MS = 2 * SECOND_MS;

/** `since` counts up: of two windows, the one with the higher number got the focus later; 0: never had it. */
interface Focus { readonly focused: boolean; readonly since: number }

/** The windows that the engine serves, its own first. */
export class Windows implements Disposable {
  private readonly peers = new Map<WindowPeer, Focus>();
  private readonly rounds = new Map<string, AlertRound>();
  /** Gave no answer when they were asked for a secret: they are asked last until they do. */
  private readonly silent = new WeakSet<WindowPeer>();
  private focusCount = 0;
  private reading: LogReading | null = null;
  /** The window that shows it; null: none does. */
  private reader: WindowPeer | null = null;

  /** @param onFocus hears when the first window gets the focus, and when none has it any more. */
  constructor(private readonly clock: Clock, private readonly onFocus: (focused: boolean) => void = () => undefined) {}

  /** @param handlersFor makes the answers of this one connection. */
  add(channel: Channel, handlersFor: (peer: WindowPeer) => EngineHandlers): WindowPeer {
    const handlers = {} as { -readonly [K in keyof EngineHandlers]: EngineHandlers[K] };
    const peer: WindowPeer = new Peer(channel, {
      ask: hostRequests, answer: engineRequests, handlers, hear: {},
      onEvent: () => undefined,
      onRefused: why => this.tell('log', { level: 'warn', message: why }),
    });
    Object.assign(handlers, handlersFor(peer));
    this.peers.set(peer, { focused: false, since: 0 });
    channel.onClose(() => this.change(() => this.peers.delete(peer)));
    return peer;
  }

  get all(): readonly WindowPeer[] {
    return [...this.peers.keys()];
  }

  /** Whether any window has the focus. */
  get focused(): boolean {
    return [...this.peers.values()].some(({ focused }) => focused);
  }

  focus(peer: WindowPeer, focused: boolean): void {
    this.change(() => {
      const before = this.peers.get(peer);
      if (before !== undefined) this.peers.set(peer, { focused, since: focused ? ++this.focusCount : before.since });
    });
  }

  /** An alert goes to one window after the other until one shows it, a long read of logs to the one with the focus; the rest goes to all. */
  tell<K extends EngineEventName>(name: K, data: EngineEvent<K>): void {
    if (name === 'alert') return this.offer(data as Alert);
    if (name === 'logReading') return this.showReading(data as LogReading | null);
    for (const peer of this.peers.keys()) peer.tell(name, data);
  }

  /** A window shows the alert: no other gets it. */
  taken(alertId: string): void {
    this.rounds.get(alertId)?.dispose();
    this.rounds.delete(alertId);
  }

  /**
   * Asks one window after the other. A window may not know yet what another has kept: VS Code in a browser reads its store when a window
   * opens, and not again. Null: no window that answers knows a secret. @throws {ProviderError} 'unreadable' when none answers.
   */
  async secret(accountId: string): Promise<string | null> {
    let answered = false;
    for (const peer of this.all.toSorted((one, other) => Number(this.silent.has(one)) - Number(this.silent.has(other)))) {
      const answer = await this.ask(peer, accountId);
      if (answer === undefined) this.silent.add(peer);
      else this.silent.delete(peer);
      if (typeof answer === 'string') return answer;
      answered ||= answer === null;
    }
    if (answered) return null;
    throw new ProviderError('unreadable', 'This window could not give the key: the store of secrets did not answer.');
  }

  dispose(): void {
    for (const id of [...this.rounds.keys()]) this.taken(id);
  }

  private change(what: () => void): void {
    const before = this.focused;
    what();
    if (this.focused !== before) this.onFocus(!before);
    if (this.reading !== null && this.latest() !== this.reader) this.showReading(this.reading);
  }

  /** The window that has, or last had, the focus; of those that never had it the first. Null: there is none. */
  private latest(tried: ReadonlySet<WindowPeer> = new Set()): WindowPeer | null {
    return [...this.peers].filter(([peer]) => !tried.has(peer)).sort(([, a], [, b]) => Number(b.focused) - Number(a.focused) || b.since - a.since)[0]?.[0] ?? null;
  }

  private showReading(reading: LogReading | null): void {
    const peer = this.latest();
    if (this.reader !== null && this.reader !== peer && this.peers.has(this.reader)) this.reader.tell('logReading', null);
    this.reading = reading;
    this.reader = reading === null ? null : peer;
    peer?.tell('logReading', reading);
  }

  private offer(alert: Alert): void {
    if (this.rounds.has(alert.id)) return;
    this.rounds.set(alert.id, new AlertRound({
      clock: this.clock, alert, anyFocused: () => this.focused,
      latest: tried => this.latest(tried),
      onEnd: () => this.rounds.delete(alert.id),
    }));
  }

  /** Undefined: no answer. */
  private ask(peer: WindowPeer, accountId: string): Promise<string | null | undefined> {
    return new Promise(resolve => {
      const timer = this.clock.after(SECRET_MS, () => resolve(undefined));
      peer.request('secret', { accountId }).then(({ secret }) => resolve(secret), () => resolve(undefined)).finally(() => timer.dispose());
    });
  }
}
