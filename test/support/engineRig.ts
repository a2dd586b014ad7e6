import { noPrices } from '../../src/core/pricing';
import type { Account } from '../../src/core/account';
import type { EngineEvent, EngineEventName } from '../../src/core/protocol';
import { defaultEngineSettings, type EngineSettings } from '../../src/core/settings';
import { Accounts } from '../../src/engine/accounts';
import { Engine } from '../../src/engine/engine';
import type { EngineOptions } from '../../src/engine/engineOptions';
import type { Http } from '../../src/engine/http/http';
import type { Machine, Provider } from '../../src/providers/provider';
import { FakeClock } from './fakeClock';
import { openSql } from './sql';

/** An HTTP client that must not be used. */
export const noHttp: Http = {
  getJson: () => Promise.reject(new Error('no network in this test')),
  configure: () => undefined,
  dispose: () => undefined,
};

export interface Rig {
  readonly clock: FakeClock;
  readonly machine: Machine;
  readonly secrets: Map<string, string>;
  readonly http: Http;
  readonly events: { [K in EngineEventName]: EngineEvent<K>[] };
  /** Starts an engine; the last one is ended at the end of the test. @param dir null: in memory. */
  start(dir: string | null, providers: readonly Provider[], accounts?: readonly Account[], settings?: Partial<EngineSettings>, more?: Partial<EngineOptions>): Promise<Engine>;
}

/** A fresh rig for each test of the enclosing `describe`. */
export function useRig(http: Http = noHttp): () => Rig {
  let rig: Rig;
  const engines: Engine[] = [];
  beforeEach(() => {
    const events: Rig['events'] = { snapshot: [], alert: [], progress: [], logReading: [], log: [], engineState: [] };
    const secrets = new Map<string, string>();
    const clock = new FakeClock();
    rig = {
      clock, secrets, events, http,
      machine: { home: '/nowhere', platform: 'linux', env: {} },
      start: async (dir, providers, accounts = [], settings = {}, more = {}) => {
        const kept = new Accounts(dir, accounts);
        const engine = new Engine({
          storageDir: dir, accounts: kept, providers, clock, http, machine: rig.machine, prices: noPrices, threads: null, watch: null, receiver: null, openSql: await openSql(),
          settings: { ...defaultEngineSettings, ...settings }, random: () => 0.5,
          secret: id => Promise.resolve(secrets.get(id) ?? null),
          guard: () => undefined,
          tell: (name, data) => { (events[name] as unknown[]).push(data); },
          ...more,
        });
        engines.push(engine);
        return engine;
      },
    };
  });
  afterEach(() => { for (const engine of engines.splice(0)) engine.dispose(); });
  return () => rig;
}

/** Until no account is being read: reading real files takes real time, whatever a pretended clock says. */
export async function readsEnded(engine: Engine): Promise<void> {
  while (engine.snapshot().accounts.some(({ refreshing }) => refreshing)) await new Promise(resolve => setTimeout(resolve, 5));
}
