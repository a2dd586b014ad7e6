/** Several windows of one profile in one process: real clients, seats and sockets, with engines on one fake clock. */
import { engineEvents, type Alert, type EngineEvent, type EngineEventName } from '../../src/core/protocol';
import { defaultEngineSettings, type EngineSettings } from '../../src/core/settings';
import { EngineClient } from '../../src/engine/client';
import { PATIENCE, type Patience } from '../../src/engine/link';
import { Seat } from '../../src/engine/seat';
import type { Engine } from '../../src/engine/engine';
import type { EngineOptions } from '../../src/engine/engineOptions';
import { settle, type FakeClock } from './fakeClock';
import { channelPair } from './pair';

export interface ProfileOptions {
  readonly storageDir: string;
  readonly clock: FakeClock;
  readonly afterDeposing?: (storageDir: string) => void;
  readonly settings?: Partial<EngineSettings>;
  /** As a client has it where pretended time runs no faster than sockets answer; else more of it. */
  readonly patience?: Patience;
  /** Starts an engine in `storageDir`. */
  readonly startEngine: (settings: EngineSettings, more: Pick<EngineOptions, 'secret' | 'tell' | 'guard'>) => Promise<Engine>;
}

export interface ProfileWindow {
  readonly client: EngineClient;
  readonly events: { readonly [K in EngineEventName]: EngineEvent<K>[] };
  /** What it would show as toasts. */
  readonly toasts: Alert[];
  /** Ids of accounts whose secrets it was asked for. */
  readonly asked: string[];
  readonly state: () => string | undefined;
}

/** The windows of one profile. `engines` counts those that were ever built. */
export class Profile {
  readonly windows: ProfileWindow[] = [];
  engines = 0;

  constructor(private readonly options: ProfileOptions) {}

  open({ focused = false, secret = async () => 'sk', toast = true }: { focused?: boolean; secret?: (id: string) => Promise<string | null>; toast?: boolean } = {}): ProfileWindow {
    const { storageDir, clock } = this.options;
    const asked: string[] = [];
    const toasts: Alert[] = [];
    const client = new EngineClient({
      storageDir, clock, settings: { ...defaultEngineSettings, ...this.options.settings }, random: () => 0.5,
      patience: this.options.patience ?? { ...PATIENCE, served: PATIENCE.beginning },
      secret: id => {
        asked.push(id);
        return secret(id);
      },
      engine: ({ depose }) => {
        const [near, far] = channelPair();
        new Seat({
          channel: far, storageDir, depose, clock, afterDeposing: this.options.afterDeposing ?? (() => undefined),
          makeEngine: async (settings, windows, guard) => {
            this.engines++;
            return this.options.startEngine(settings, { secret: id => windows.secret(id), tell: (name, data) => windows.tell(name, data), guard });
          },
        });
        return { channel: near, reason: () => 'it was ended' };
      },
    });
    const events = Object.fromEntries(Object.keys(engineEvents).map(name => [name, []])) as unknown as ProfileWindow['events'];
    for (const name of Object.keys(engineEvents) as EngineEventName[]) client.onEvent(name, data => void (events[name] as unknown[]).push(data));
    client.onEvent('alert', alert => {
      if (toast) void client.request('alertShown', { alertId: alert.id }).then(({ first }) => { if (first) toasts.push(alert); });
    });
    const window: ProfileWindow = { client, events, toasts, asked, state: () => events.engineState.at(-1)?.state };
    client.setFocused(focused);
    client.start();
    this.windows.push(window);
    return window;
  }

  /** Opens a window and waits until it is served. */
  async served(options: Parameters<Profile['open']>[0] = {}): Promise<ProfileWindow> {
    const window = this.open(options);
    await this.until('it is served', () => window.state() === 'running' && window.events.snapshot.length > 0);
    return window;
  }

  /** Lets a little time pass, over and over, at most `ms`. @returns how much it was. */
  async until(what: string, condition: () => boolean, ms = 60_000, step = 50): Promise<number> {
    const start = this.options.clock.now();
    const realEnd = performance.now() + 8_000;
    while (!condition()) {
      if (this.options.clock.now() - start >= ms || performance.now() > realEnd) throw new Error(`waited in vain until ${what}`);
      await settle();
      await new Promise(resolve => setTimeout(resolve, 1)); // sockets take real time
      await this.options.clock.advance(step);
    }
    return this.options.clock.now() - start;
  }

  async close(): Promise<void> {
    await Promise.all(this.windows.splice(0).map(({ client }) => client.stop()));
  }
}
