import type { Socket } from 'node:net';
import { PROTOCOL_VERSION, repeatable, type EngineEvent, type EngineEventName, type EngineParams, type EngineRequestName, type EngineResult } from '../core/protocol';
import type { EngineSettings } from '../core/settings';
import { MINUTE_MS, SECOND_MS, systemClock, type Clock, type Disposable } from '../core/time';
import type { Channel } from './channel';
import { Checkup } from './checkup';
import { makeLink, PATIENCE, type Link, type Patience } from './link';
import { Listeners } from './listeners';
import { PeerError } from './peer';
import { canDepose, findOwner, type Owner } from './place';
import { socketChannel } from './socketChannel';
import { Turn } from './turn';
import { LOOK_MS } from './vigil';
import type { EngineStart, EngineThread } from './workerThread';

export interface EngineClientOptions {
  /** Starts an engine of this window's own. */
  readonly engine: (start: EngineStart) => EngineThread;
  /** The extension's global storage folder; the engine makes it. */
  readonly storageDir: string;
  /** What the engine starts with; `configure` changes it later. */
  readonly settings: EngineSettings;
  /** Null: no secret is kept under this id. */
  readonly secret: (accountId: string) => Promise<string | null>;
  readonly clock?: Clock;
  /** 0 up to but not including 1. */
  readonly random?: () => number;
  readonly patience?: Patience;
}

const MAX_RESTARTS = 5;
const RETRY_MS = SECOND_MS;
/** A worker that lived this long was healthy: its end starts the count of restarts anew. */
const HEALTHY_MS = 10 * MINUTE_MS;
const STOP_MS = 3 * SECOND_MS;
/** When an engine ends, the other windows do not all start one in the same instant. */
const SPREAD_MS = SECOND_MS / 4;
const MUTE = 'The window that reads your accounts does not answer';
const GONE = 'The window that read your accounts was closed; another one goes on. Please try again.';

/**
 * The engine as its window sees it: another window's, if one runs it, else one of its own in a worker thread. Does no work on this
 * thread but parsing messages; a window without the engine holds a socket and nothing else.
 */
export class EngineClient implements Disposable {
  private readonly clock: Clock;
  private settings: EngineSettings;
  private focused = false;
  private link: Link | null = null;
  private readonly turn = new Turn<Link>();
  private restarts = 0;
  private refusals = 0;
  private retry: Disposable | null = null;
  private readonly checkup: Checkup;
  private state: 'idle' | 'on' | 'disposed' = 'idle';
  private readonly listeners = new Listeners();
  private readonly emit = this.listeners.tell;
  readonly onEvent = this.listeners.add;

  constructor(private readonly options: EngineClientOptions) {
    this.clock = options.clock ?? systemClock;
    this.settings = options.settings;
    this.checkup = new Checkup(this.clock);
  }

  /** Looks for an engine and starts one if there is none. Subscribe to events before. */
  start(): void {
    if (this.state !== 'idle') return;
    this.state = 'on';
    this.look();
  }

  /** Waits for the engine while one is being found. @throws {PeerError} in the promise: a sentence for people. */
  async request<K extends EngineRequestName>(name: K, params: EngineParams<K>): Promise<EngineResult<K>> {
    if (name === 'configure') this.settings = params as EngineSettings;
    if (this.state !== 'on') throw new PeerError('The engine is not running.');
    if (name === 'configure' && this.link?.own !== true) return {} as EngineResult<K>; // another window's engine has them from there, or does not listen
    const link = name === 'configure' && this.link !== null ? this.link : await this.turn.promise; // new settings may mend what failed
    return this.ask(link, name, params).catch(async (error: unknown) => {
      if (this.link === link || this.state !== 'on' || !repeatable.has(name)) throw error;
      return this.ask(await this.turn.promise, name, params); // the engine ended before it answered
    });
  }

  /** Whether this window has the focus: alerts go there, and polls are fewer while no window has it. */
  setFocused(focused: boolean): void {
    if (focused === this.focused) return;
    this.focused = focused;
    const { link } = this;
    if (link?.served === true) link.vigil.over(link.peer.request('focus', { focused })).catch(() => undefined);
    this.checkup.begin(link, focused);
  }

  /** Lets an engine of this window write what is pending, then ends it; waits 3 s at most. For `deactivate`. */
  async stop(): Promise<void> {
    const { link } = this;
    if (link?.own === true) {
      const timeout = new Promise<void>(resolve => this.clock.after(STOP_MS, resolve));
      await Promise.race([link.peer.request('stop', {}).then(() => undefined, () => undefined), timeout]);
    }
    this.dispose();
  }

  dispose(): void {
    this.state = 'disposed';
    this.retry?.dispose();
    this.drop('The engine was stopped.');
    this.turn.reject(new PeerError('The engine was stopped.'));
    this.listeners.dispose();
  }

  private readonly ask = <K extends EngineRequestName>({ peer, vigil }: Link, name: K, params: EngineParams<K>): Promise<EngineResult<K>> =>
    vigil.over(peer.request(name, params as never));

  /** @param looks how often there was an owner that took no connection. */
  private look(looks = 0): void {
    this.turn.renew();
    this.emit('engineState', { state: 'starting', message: null });
    findOwner(this.options.storageDir).then(owner => {
      if (this.state !== 'on') owner?.socket?.destroy();
      else if (owner === null) this.spawn(null);
      else if (owner.socket !== null) this.join(owner, owner.socket);
      else this.wait(owner.generation, looks);
    }).catch((error: unknown) => {
      this.emit('log', { level: 'warn', message: `Looking for other windows failed: ${error instanceof Error ? error.message : 'no reason given'}` });
      if (this.state === 'on') this.spawn(null);
    });
  }

  /** An owner takes no connection, as if it were busy. */
  private wait(generation: number, looks: number): void {
    const isPatient = canDepose && looks < (this.options.patience ?? PATIENCE).beginning;
    if (!isPatient) this.depose(null, generation);
    if (isPatient || !canDepose) this.lookAfter(isPatient ? LOOK_MS : MINUTE_MS, looks + 1);
  }

  /** @param depose an owner that hangs, which the new engine replaces. */
  private spawn(depose: number | null): void {
    const thread = this.options.engine({ storageDir: this.options.storageDir, depose });
    let hung = false;
    const link = this.connect(thread.channel, true, ended => this.crashed(ended, hung ? 'it did not answer any more' : thread.reason()), silent => {
      hung = true;
      silent.close();
    });
    this.greet(link, null);
    link.peer.request('configure', this.settings).catch(() => undefined); // told by its state, or by its end
  }

  private join({ token, generation }: Owner, socket: Socket): void {
    const channel = socketChannel(socket, why => this.emit('log', { level: 'warn', message: why }));
    this.greet(this.connect(channel, false, link => this.left(link), link => this.depose(link, generation)), token);
  }

  private connect(channel: Channel, own: boolean, ended: (link: Link) => void, silent: (link: Link) => void): Link {
    const link: Link = this.link = makeLink({
      channel, own, clock: this.clock, secret: this.options.secret, patience: this.options.patience ?? PATIENCE,
      hear: (name, data) => this.hear(link, name, data),
      ended: () => { if (this.link === link) ended(link); },
      silent: () => { if (this.link === link) silent(link); },
    });
    return link;
  }

  private greet(link: Link, token: string | null): void {
    const { focused } = this;
    link.vigil.over(link.peer.request('hello', { version: PROTOCOL_VERSION, focused, token })).then(({ version }) => {
      if (version !== PROTOCOL_VERSION) this.unserved(link, link.own ? 'failed' : 'elsewhere', 'The window that reads your accounts runs another version of this extension: reload all windows.');
      else if (focused !== this.focused) link.peer.request('focus', { focused: this.focused }).catch(() => undefined);
    }, () => undefined); // its end is told, and what to do then
  }

  private hear<K extends EngineEventName>(link: Link, name: K, data: EngineEvent<K>): void {
    if (this.link !== link) return;
    if (name === 'engineState') {
      const { state, message } = data as EngineEvent<'engineState'>;
      if (state === 'elsewhere') return this.yield(link);
      link.served = true;
      if (state === 'running') {
        this.refusals = 0;
        this.turn.resolve(link);
      }
      if (state === 'failed') this.turn.reject(new PeerError(message ?? 'The engine does not run.'));
      this.checkup.begin(link, this.focused);
    }
    if (name === 'snapshot') this.checkup.heard(data as EngineEvent<'snapshot'>);
    this.emit(name, data);
  }

  /** This window's own worker found that another process runs the engine. */
  private yield(link: Link): void {
    this.drop('Another window has taken over. Please try again.');
    link.close();
    this.look();
  }

  private unserved(link: Link | null, state: 'elsewhere' | 'failed', message: string): void {
    if (this.link !== link) return;
    this.turn.reject(new PeerError(message));
    this.emit('engineState', { state, message });
  }

  /** The other window's engine has ended, or did not let this window in. */
  private left(link: Link): void {
    this.drop(GONE);
    if (link.served) return this.lookAfter(SPREAD_MS * (this.options.random ?? Math.random)());
    const delayMs = Math.min(MINUTE_MS, RETRY_MS / 2 * 2 ** this.refusals++);
    if (this.refusals > 2) this.emit('engineState', { state: 'elsewhere', message: `The window that reads your accounts does not let this one in. It is tried again in ${delayMs / SECOND_MS} s.` });
    this.lookAfter(delayMs);
  }

  /** Another window's engine answers nothing. @param link null: there is none to it. */
  private depose(link: Link | null, generation: number): void {
    this.emit('log', { level: 'warn', message: `${MUTE}.` });
    if (!canDepose) return this.unserved(link, 'elsewhere', `${MUTE}: close or reload it.`);
    this.drop(`${MUTE}; this one goes on. Please try again.`);
    link?.close();
    this.emit('engineState', { state: 'starting', message: `${MUTE}; this one takes over.` });
    this.spawn(generation);
  }

  private crashed(link: Link, reason: string): void {
    this.drop('The engine stopped unexpectedly.');
    if (this.clock.now() - link.madeAt >= HEALTHY_MS) this.restarts = 0;
    this.emit('log', { level: 'error', message: `The engine stopped: ${reason}` });
    const leftAlone = this.restarts >= MAX_RESTARTS;
    const delayMs = RETRY_MS * 2 ** this.restarts++;
    const message = leftAlone ? `The engine stopped ${MAX_RESTARTS + 1} times and is left alone. Reload the window to try again.`
      : `The engine stopped and starts again in ${delayMs / SECOND_MS} s.`;
    this.turn.reject(new PeerError(message));
    this.emit('engineState', { state: 'failed', message });
    if (!leftAlone) this.lookAfter(delayMs);
  }

  private lookAfter(delayMs: number, looks = 0): void {
    this.retry = this.clock.after(delayMs, () => this.look(looks));
  }

  /** What waits for an answer fails with `reason`; what comes next waits for the next engine. */
  private drop(reason: string): void {
    const { link } = this;
    this.link = null;
    this.turn.renew();
    this.checkup.dispose();
    link?.vigil.dispose();
    link?.peer.fail(reason);
    if (this.state === 'disposed') link?.close();
  }
}
