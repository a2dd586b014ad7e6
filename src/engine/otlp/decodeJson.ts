/**
 * OTLP in JSON (opentelemetry.io/docs/specs/otlp: lowerCamelCase names, 64-bit numbers as texts or numbers, ids in hex).
 * What does not fit is left out; other services of this machine send forms of their own.
 */
import { isJson, type Json, text } from '../../providers/logSource';
import { type Attributes, eventName, type Signal, type TelemetryItem } from '../../providers/telemetry/item';
import { wantedAttributes } from '../../providers/telemetry/tools';
import { checkCount, DecodeError } from './decodeError';
import { atNanos, SERVICE } from './nanos';

/** @throws {DecodeError} */
export function decodeJson(bytes: Uint8Array, signal: Signal): readonly TelemetryItem[] {
  const [resources, scopes, records] = signal === 'logs' ? ['resourceLogs', 'scopeLogs', 'logRecords'] : ['resourceSpans', 'scopeSpans', 'spans'];
  const items: TelemetryItem[] = [];
  for (const resource of listOf(parse(bytes), resources)) {
    const service = text(attributesOf(isJson(resource['resource']) ? resource['resource'] : {}, SERVICE).get('service.name'));
    for (const scope of listOf(resource, scopes)) {
      for (const record of listOf(scope, records)) {
        checkCount(items);
        items.push(signal === 'logs' ? logOf(record, service) : spanOf(record, service));
      }
    }
  }
  return items;
}

function logOf(record: Json, service: string | null): TelemetryItem {
  const nanos = nanosOf(record['timeUnixNano']) || nanosOf(record['observedTimeUnixNano']);
  const body = isJson(record['body']) ? record['body']['stringValue'] : null;
  return { signal: 'logs', service, name: eventName(record['eventName']) ?? eventName(body), at: atNanos(nanos), key: String(nanos), attributes: attributesOf(record, wantedAttributes) };
}

function spanOf(span: Json, service: string | null): TelemetryItem {
  const nanos = nanosOf(span['endTimeUnixNano']) || nanosOf(span['startTimeUnixNano']);
  const key = `${text(span['traceId'])} ${text(span['spanId'])}`.toLowerCase();
  return { signal: 'traces', service, name: null, at: atNanos(nanos), key, attributes: attributesOf(span, wantedAttributes) };
}

function attributesOf(owner: Json, wanted: ReadonlySet<string>): Attributes {
  const found = new Map<string, string | number>();
  for (const attribute of listOf(owner, 'attributes')) {
    const { key, value } = attribute;
    if (typeof key !== 'string' || !wanted.has(key) || !isJson(value)) continue;
    const told = text(value['stringValue']) ?? value['intValue'] ?? value['doubleValue'];
    if (typeof told === 'string' || typeof told === 'number') found.set(key, told);
  }
  return found;
}

const listOf = (owner: Json, name: string): readonly Json[] => {
  const list = owner[name];
  return Array.isArray(list) ? list.filter(isJson) : [];
};

/** 0: none is told. */
const nanosOf = (value: unknown): bigint => {
  const told = typeof value === 'number' ? String(value) : text(value) ?? '';
  return /^\d{1,20}$/.test(told) ? BigInt(told) : 0n;
};

function parse(bytes: Uint8Array): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new DecodeError('The body is no JSON.');
  }
  if (!isJson(value)) throw new DecodeError('The body is no JSON object.');
  return value;
}
