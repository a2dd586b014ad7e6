import { engineEvents, type EngineEvent, type EngineEventName } from '../core/protocol';
import type { Disposable } from '../core/time';

/** Who listens to what an engine tells. */
export class Listeners implements Disposable {
  private readonly sets = Object.fromEntries(Object.keys(engineEvents).map(name => [name, new Set()])) as unknown as {
    readonly [K in EngineEventName]: Set<(data: EngineEvent<K>) => void>;
  };

  readonly add = <K extends EngineEventName>(name: K, listener: (data: EngineEvent<K>) => void): Disposable => {
    this.sets[name].add(listener);
    return { dispose: () => this.sets[name].delete(listener) };
  };

  readonly tell = <K extends EngineEventName>(name: K, data: EngineEvent<K>): void => {
    for (const listener of this.sets[name]) listener(data);
  };

  dispose(): void {
    for (const listeners of Object.values(this.sets)) listeners.clear();
  }
}
