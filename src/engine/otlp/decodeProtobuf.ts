/**
 * OTLP in protocol buffers. The numbers are those of opentelemetry-proto 1.x: collector/{logs,trace}/v1, logs/v1, trace/v1, common/v1.
 * The value of an attribute that nobody asks for is not even made a text.
 */
import { DamagedProtobuf, fields, type ProtobufField } from '../../core/protobuf';
import { text } from '../../providers/logSource';
import { type Attributes, eventName, type Signal, type TelemetryItem } from '../../providers/telemetry/item';
import { wantedAttributes } from '../../providers/telemetry/tools';
import { checkCount, DecodeError, MAX_MESSAGES } from './decodeError';
import { atNanos, SERVICE } from './nanos';

/** ResourceLogs and ResourceSpans; their scopes; a scope's records: alike for both. */
const REQUEST = { resources: 1 } as const;
const RESOURCE = { resource: 1, scopes: 2 } as const;
const RECORDS = 2;
const RESOURCE_ATTRIBUTES = 1;
const LOG = { time: 1, body: 5, attributes: 6, observedTime: 11, eventName: 12 } as const;
const SPAN = { traceId: 1, spanId: 2, start: 7, end: 8, attributes: 9 } as const;
const KEY_VALUE = { key: 1, value: 2 } as const;
const VALUE = { string: 1, int: 3, double: 4 } as const;
/** No text that is read is longer; in bytes. */
const MAX_TEXT = 4000;

/** @throws {DecodeError} */
export function decodeProtobuf(bytes: Uint8Array, signal: Signal): readonly TelemetryItem[] {
  const items: TelemetryItem[] = [];
  const messages = reader();
  try {
    for (const resource of messages(bytes, REQUEST.resources)) {
      const [described = null] = messages(resource, RESOURCE.resource);
      const service = text(attributesOf(described, RESOURCE_ATTRIBUTES, SERVICE, messages).get('service.name'));
      for (const scope of messages(resource, RESOURCE.scopes)) {
        for (const record of messages(scope, RECORDS)) {
          checkCount(items);
          items.push(signal === 'logs' ? logOf(record, service, messages) : spanOf(record, service, messages));
        }
      }
    }
  } catch (error) {
    if (error instanceof DamagedProtobuf) throw new DecodeError('The body is no protocol buffer of telemetry.');
    throw error;
  }
  return items;
}

function logOf(record: Uint8Array, service: string | null, messages: Messages): TelemetryItem {
  let [time, observed, name, body]: [bigint, bigint, string | null, string | null] = [0n, 0n, null, null];
  for (const field of fields(record)) {
    if (field.number === LOG.time) time = numberOf(field);
    else if (field.number === LOG.observedTime) observed = numberOf(field);
    else if (field.number === LOG.eventName) name = eventName(textOf(field));
    else if (field.number === LOG.body && field.wireType === 'bytes') body = eventName(valueOf(field.value));
  }
  const nanos = time || observed;
  return { signal: 'logs', service, name: name ?? body, at: atNanos(nanos), key: String(nanos), attributes: attributesOf(record, LOG.attributes, wantedAttributes, messages) };
}

function spanOf(span: Uint8Array, service: string | null, messages: Messages): TelemetryItem {
  let [start, end, traceId, spanId]: [bigint, bigint, string | null, string | null] = [0n, 0n, null, null];
  for (const field of fields(span)) {
    if (field.number === SPAN.start) start = numberOf(field);
    else if (field.number === SPAN.end) end = numberOf(field);
    else if (field.number === SPAN.traceId) traceId = hexOf(field);
    else if (field.number === SPAN.spanId) spanId = hexOf(field);
  }
  return { signal: 'traces', service, name: null, at: atNanos(end || start), key: `${traceId} ${spanId}`, attributes: attributesOf(span, SPAN.attributes, wantedAttributes, messages) };
}

function attributesOf(owner: Uint8Array | null, number: number, wanted: ReadonlySet<string>, messages: Messages): Attributes {
  const found = new Map<string, string | number>();
  for (const attribute of owner === null ? [] : messages(owner, number)) {
    let [key, value]: [string | null, Uint8Array | null] = [null, null];
    for (const field of fields(attribute)) {
      if (field.number === KEY_VALUE.key) key = textOf(field);
      else if (field.number === KEY_VALUE.value && field.wireType === 'bytes') ({ value } = field);
    }
    const told = key === null || value === null || !wanted.has(key) ? null : valueOf(value);
    if (key !== null && told !== null) found.set(key, told);
  }
  return found;
}

/** Null: neither a text nor a number, or a long text. */
function valueOf(value: Uint8Array): string | number | null {
  let told: string | number | null = null;
  for (const field of fields(value)) {
    if (field.number === VALUE.string) told = text(textOf(field));
    else if (field.number === VALUE.int) told = Number(BigInt.asIntN(64, numberOf(field)));
    else if (field.number === VALUE.double) told = doubleOf(numberOf(field));
  }
  return told;
}

/** The messages in a message that have a number. */
type Messages = (bytes: Uint8Array, number: number) => Generator<Uint8Array, void>;

/** Of one body. @throws {DecodeError} by what it gives, for more than there can be in all. */
function reader(): Messages {
  let left = MAX_MESSAGES;
  return function* messages(bytes, number) {
    for (const field of fields(bytes)) {
      if (field.number !== number || field.wireType !== 'bytes') continue;
      if (left-- === 0) throw new DecodeError(`More than ${MAX_MESSAGES} messages at once.`);
      yield field.value;
    }
  };
}

const numberOf = (field: ProtobufField): bigint => (field.wireType === 'bytes' ? 0n : field.value);

const textOf = (field: ProtobufField): string | null =>
  (field.wireType === 'bytes' && field.value.length <= MAX_TEXT ? text(new TextDecoder().decode(field.value)) : null);

/** Of an id; null: of no length that ids have. */
const hexOf = (field: ProtobufField): string | null =>
  (field.wireType === 'bytes' && field.value.length > 0 && field.value.length <= 16 ? Buffer.from(field.value).toString('hex') : null);

const doubles = new DataView(new ArrayBuffer(8));
function doubleOf(bits: bigint): number {
  doubles.setBigUint64(0, bits);
  return doubles.getFloat64(0);
}
