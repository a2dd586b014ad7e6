/** From the bytes of a request to the lines that are kept of it. Pure. */
import type { LogSink } from '../../providers/logSource';
import { telemetryLine } from '../../providers/telemetry';
import type { Signal } from '../../providers/telemetry/item';
import { telemetryTools } from '../../providers/telemetry/tools';
import { decodeJson } from './decodeJson';
import { decodeProtobuf } from './decodeProtobuf';

export interface Intake {
  /** By the provider that they are for. */
  readonly lines: ReadonlyMap<string, string>;
  /** Responses whose counts or times cannot be: they are left out. */
  readonly damaged: number;
}

/** @throws {DecodeError} */
export function takeIn(body: Uint8Array, form: 'json' | 'protobuf', signal: Signal): Intake {
  const lines = new Map<string, string>();
  let damaged = 0;
  const emitTo = (id: string): LogSink => ({
    response: event => { lines.set(id, (lines.get(id) ?? '') + telemetryLine(event)); },
    damaged: () => { damaged++; },
    running: () => undefined, replay: () => undefined, sighting: () => undefined,
  });
  const sinks = telemetryTools.map(tool => ({ tool, emit: emitTo(tool.id) }));
  for (const item of form === 'json' ? decodeJson(body, signal) : decodeProtobuf(body, signal)) {
    sinks.some(({ tool, emit }) => tool.read(item, emit));
  }
  return { lines, damaged };
}
