import type { Socket } from 'node:net';
import { PROTOCOL_VERSION, type EngineEvent } from '../core/protocol';
import type { EngineSettings } from '../core/settings';
import { MINUTE_MS, type Clock, type Disposable } from '../core/time';
import type { Channel } from './channel';
import type { Engine } from './engine';
import { gate } from './gate';
import { claim, type Owned } from './ownership';
import { PeerError } from './peer';
import { serviceOf } from './service';
import { MAX_HELLO_BYTES, socketChannel } from './socketChannel';
import { Windows, type EngineHandlers, type WindowPeer } from './windows';

/** What hindered an engine from starting may pass: a process out of files, a disk that is away. */
const AGAIN_MS = 5 * MINUTE_MS;

export interface SeatOptions {
  /** To the window that this worker belongs to. */
  readonly channel: Channel;
  readonly storageDir: string;
  /** The generation of an owner that hangs: it is not asked any more. */
  readonly depose: number | null;
  readonly clock: Clock;
  /** Builds the engine once this process owns the folder. @param guard throws when it does so no longer. */
  readonly makeEngine: (settings: EngineSettings, windows: Windows, guard: () => void) => Promise<Engine>;
  /** What a deposed owner may still have open is put out of its reach. */
  readonly afterDeposing: (storageDir: string) => void;
}

/**
 * The worker's place at the table: it claims the storage folder, runs the engine, and serves all windows. When another process is
 * faster, or takes over because this one hung, it says 'elsewhere' to its own window, which then goes there. Does nothing, and reads
 * nothing, before its window has sent the settings.
 */
export class Seat implements Disposable {
  private readonly windows: Windows;
  private readonly own: WindowPeer;
  private settings: EngineSettings | null = null;
  private engine: Engine | null = null;
  /** Null: before the settings came. Rejects with a sentence when there is no engine here. */
  private starting: Promise<Engine> | null = null;
  private claimed: Owned | null = null;
  private readonly sockets = new Set<Socket>();
  /** Came before it was settled that this process owns the folder. */
  private early: Socket[] = [];
  private state: EngineEvent<'engineState'> = { state: 'starting', message: null };
  private again: Disposable | null = null;
  private ended: Promise<void> | null = null;

  constructor(private readonly options: SeatOptions) {
    this.windows = new Windows(options.clock, focused => this.engine?.setFocused(focused));
    this.own = this.windows.add(options.channel, peer => this.ownHandlers(peer));
    options.channel.onClose(() => this.dispose());
  }

  /** Ends the engine, with what it has to write, and lets another window have the folder. */
  dispose(): void {
    this.again?.dispose();
    this.ended ??= (this.starting ?? Promise.reject(new PeerError('never started'))).then(() => undefined, () => undefined).then(() => {
      this.windows.dispose();
      this.engine?.dispose();
      this.claimed?.release();
      for (const socket of [...this.sockets, ...this.early]) socket.destroy();
    });
  }

  private handlersFor(peer: WindowPeer): Omit<EngineHandlers, 'configure' | 'stop'> {
    return {
      ...serviceOf(() => this.running()),
      hello: async ({ focused }) => {
        this.windows.focus(peer, focused);
        peer.tell('engineState', this.state);
        if (this.state.state === 'running') this.greet(peer);
        return { version: PROTOCOL_VERSION };
      },
      ping: async () => ({}),
      focus: async ({ focused }) => {
        this.windows.focus(peer, focused);
        return {};
      },
      alertShown: async ({ alertId }) => {
        const first = (await this.running()).alertShown(alertId);
        this.windows.taken(alertId);
        return { first };
      },
    };
  }

  private ownHandlers(peer: WindowPeer): EngineHandlers {
    return {
      ...this.handlersFor(peer),
      configure: async settings => {
        this.settings = settings;
        if (this.starting === null || this.state.state === 'failed') this.begin();
        await this.starting?.catch(() => undefined);
        this.engine?.configure(settings);
        return {};
      },
      stop: async () => {
        this.dispose();
        await this.ended;
        return {};
      },
    };
  }

  /** For other windows of the same profile: they have the same settings, and end only themselves. */
  private otherHandlers(peer: WindowPeer): EngineHandlers {
    return { ...this.handlersFor(peer), configure: async () => ({}), stop: () => Promise.reject(new PeerError('Only its own window ends an engine.')) };
  }

  /** @throws {PeerError} a sentence on why there is no engine. */
  private running(): Promise<Engine> {
    if (this.ended !== null) return Promise.reject(new PeerError('The engine was stopped.'));
    if (this.claimed !== null) {
      try {
        this.guard();
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.starting ?? Promise.reject(new PeerError('The engine waits for its settings.'));
  }

  private begin(): void {
    this.again?.dispose();
    this.tellState({ state: 'starting', message: null });
    this.starting = this.start();
    this.starting.catch((error: unknown) => {
      if (this.ended !== null) return;
      this.tellState({ state: 'failed', message: `The engine could not start: ${error instanceof Error ? error.message : 'unknown reason'}` });
      this.again = this.options.clock.after(AGAIN_MS, () => this.begin());
    });
  }

  private async start(): Promise<Engine> {
    const { storageDir, depose, makeEngine, afterDeposing } = this.options;
    const claimed = this.claimed ?? await claim(storageDir, { onWindow: socket => this.receive(socket), depose });
    if (claimed.kind === 'elsewhere') {
      claimed.socket?.destroy();
      this.leave();
      throw new PeerError('The engine runs in another window.');
    }
    this.claimed = claimed;
    for (const socket of this.early.splice(0)) this.receive(socket);
    if (claimed.deposed) afterDeposing(storageDir);
    if (this.ended !== null || this.settings === null) throw new PeerError('The engine was stopped.');
    const { settings } = this;
    const engine = this.engine = await makeEngine(settings, this.windows, () => this.guard());
    engine.setFocused(this.windows.focused);
    if (this.settings !== settings) engine.configure(this.settings);
    this.tellState({ state: 'running', message: null });
    for (const peer of this.windows.all) this.greet(peer);
    return engine;
  }

  private greet(peer: WindowPeer): void {
    this.engine?.greet((name, data) => peer.tell(name, data));
  }

  /** @throws {PeerError} once another process has taken over; then this one writes and asks nothing more. */
  private guard(): void {
    if (this.claimed?.owns() === true) return;
    this.leave();
    throw new PeerError('Another window has taken over.');
  }

  /** The engine is, or will be, in another process. */
  private leave(): void {
    if (this.ended !== null) return;
    this.state = { state: 'elsewhere', message: null };
    this.own.tell('engineState', this.state);
    this.dispose();
  }

  private receive(socket: Socket): void {
    const { claimed } = this;
    if (claimed === null) return void this.early.push(socket.on('error', () => undefined));
    const log = (message: string): void => this.windows.tell('log', { level: 'warn', message });
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    const refuse = (why: string): void => {
      log(why);
      claimed.keepToken().catch(() => undefined); // who was refused for want of it tries again
    };
    gate(socketChannel(socket, log, MAX_HELLO_BYTES), {
      token: claimed.token, clock: this.options.clock, refuse, admit: channel => this.windows.add(channel, peer => this.otherHandlers(peer)),
    });
  }

  private tellState(state: EngineEvent<'engineState'>): void {
    this.state = state;
    this.windows.tell('engineState', state);
  }
}
