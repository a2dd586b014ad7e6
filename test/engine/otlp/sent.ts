/** Telemetry as exporters send it, in both forms from one description, and a way to send it. */
import http from 'node:http';
import type { Signal } from '../../../src/providers/telemetry/item';

export type Value = string | number | boolean;
export interface Record {
  /** Epoch ms; absent: none is told. */
  readonly at?: number;
  /** Only that it was seen then is told. */
  readonly observedAt?: number;
  readonly body?: string;
  readonly attributes: Readonly<globalThis.Record<string, Value>>;
  /** Hex. */
  readonly traceId?: string;
  readonly spanId?: string;
}

const nanos = (ms: number): bigint => BigInt(ms) * 1_000_000n;

export function toJson(signal: Signal, service: string, records: readonly Record[]): Buffer {
  const valueOf = (value: Value): object =>
    (typeof value === 'string' ? { stringValue: value } : typeof value === 'boolean' ? { boolValue: value } : Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value });
  const list = (attributes: Record['attributes']): object[] => Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));
  const times = ({ at, observedAt }: Record): object =>
    (signal === 'logs' ? { timeUnixNano: String(nanos(at ?? 0)), observedTimeUnixNano: String(nanos(observedAt ?? at ?? 0)) } : { startTimeUnixNano: String(nanos((at ?? 0) - 1000)), endTimeUnixNano: String(nanos(at ?? 0)) });
  const made = records.map(record => ({
    ...times(record), attributes: list(record.attributes), ...(record.body === undefined ? {} : { body: { stringValue: record.body } }),
    ...(record.traceId === undefined ? {} : { traceId: record.traceId, spanId: record.spanId, name: 'chat gpt-5' }),
  }));
  const resource = { attributes: list({ 'service.name': service, 'host.arch': 'x64' }) };
  return Buffer.from(JSON.stringify(signal === 'logs'
    ? { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'a' }, logRecords: made }] }] }
    : { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'a' }, spans: made }] }] }));
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
const bytesField = (number: number, bytes: Uint8Array): Buffer => Buffer.concat([varint(BigInt(number << 3 | 2)), varint(BigInt(bytes.length)), bytes]);
const textField = (number: number, text: string): Buffer => bytesField(number, Buffer.from(text));
function fixed64(number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return Buffer.concat([varint(BigInt(number << 3 | 1)), bytes]);
}
function doubleField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint(BigInt(number << 3 | 1)), bytes]);
}
const anyValue = (value: Value): Buffer =>
  (typeof value === 'string' ? textField(1, value) : typeof value === 'boolean' ? Buffer.concat([varint(16n), varint(value ? 1n : 0n)])
    : Number.isSafeInteger(value) ? Buffer.concat([varint(24n), varint(BigInt(value))]) : doubleField(4, value));
const attributeFields = (number: number, attributes: Record['attributes']): Buffer[] =>
  Object.entries(attributes).map(([key, value]) => bytesField(number, Buffer.concat([textField(1, key), bytesField(2, anyValue(value))])));

export function toProtobuf(signal: Signal, service: string, records: readonly Record[]): Buffer {
  const made = records.map(({ at = 0, observedAt = at, body, attributes, traceId, spanId }) => bytesField(2, Buffer.concat(signal === 'logs'
    ? [fixed64(1, nanos(at)), ...(body === undefined ? [] : [bytesField(5, anyValue(body))]), ...attributeFields(6, attributes), fixed64(11, nanos(observedAt))]
    : [bytesField(1, Buffer.from(traceId ?? '', 'hex')), bytesField(2, Buffer.from(spanId ?? '', 'hex')), textField(5, 'chat gpt-5'), fixed64(7, nanos(at - 1000)), fixed64(8, nanos(at)), ...attributeFields(9, attributes)])));
  const resource = bytesField(1, Buffer.concat(attributeFields(1, { 'service.name': service, 'host.arch': 'x64' })));
  return bytesField(1, Buffer.concat([resource, bytesField(2, Buffer.concat([bytesField(1, textField(1, 'a')), ...made]))]));
}

export const AT = Date.UTC(2026, 9, 31, 11);

/** What each tool sends of one response, and of things that are none. */
export const claudeEvent = (requestId: string, more: Record['attributes'] = {}): Record => ({
  at: AT, body: 'claude_code.api_request', attributes: {
    'event.name': 'api_request', 'event.timestamp': new Date(AT).toISOString(), 'session.id': 's1', model: 'claude-opus-5', request_id: requestId,
    input_tokens: 10, output_tokens: 20, cache_read_tokens: 30, cache_creation_tokens: 40, cost_usd: 0.125, duration_ms: 3, ...more,
  },
});
export const codexEvent = (at = AT, more: Record['attributes'] = {}): Record => ({
  observedAt: at, attributes: {
    'event.name': 'codex.sse_event', 'event.kind': 'response.completed', 'event.timestamp': new Date(at).toISOString(), 'conversation.id': 'c1', model: 'gpt-5.6',
    input_token_count: 100, cached_token_count: 60, output_token_count: 20, reasoning_token_count: 5, tool_token_count: 120, ...more,
  },
});
export const geminiEvent: Record = {
  at: AT, body: 'API response from gemini-3-pro. Status: 200.', attributes: {
    'event.name': 'gemini_cli.api_response', 'event.timestamp': new Date(AT).toISOString(), 'session.id': 'g1', model: 'gemini-3-pro',
    input_token_count: 100, cached_content_token_count: 60, output_token_count: 20, thoughts_token_count: 5, tool_token_count: 7, total_token_count: 132,
  },
};
export const copilotSpan = (spanId: string, operation = 'chat', more: Record['attributes'] = {}): Record => ({
  at: AT, traceId: '0af7651916cd43dd8448eb211c80319c', spanId, attributes: {
    'gen_ai.operation.name': operation, 'gen_ai.request.model': 'gpt-5', 'gen_ai.conversation.id': 'v1', 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.cache_read.input_tokens': 60,
    'gen_ai.usage.cache_creation.input_tokens': 10, 'gen_ai.usage.output_tokens': 20, 'gen_ai.usage.reasoning.output_tokens': 5, 'github.copilot.cost': 3, ...more,
  },
});

export interface Answer { readonly status: number; readonly text: string; readonly type: string | undefined }

/** @param options as of node:http; the body goes out with its length. */
export function post(port: number, path: string, headers: http.OutgoingHttpHeaders, body: Uint8Array, method = 'POST'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, method, headers: { ...('transfer-encoding' in headers ? {} : { 'content-length': body.length }), ...headers }, agent: false }, response => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString(), type: response.headers['content-type'] }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
