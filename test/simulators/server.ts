/** The HTTP side of all simulators: loopback only, faults on demand, every request remembered. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Headers and half a body, then nothing. */
  | { readonly kind: 'stall' }
  /** Half a body, then the socket ends. */
  | { readonly kind: 'cut' }
  /** No answer at all. */
  | { readonly kind: 'hang' }
  /** 100 MB of JSON, with or without its length said. */
  | { readonly kind: 'huge'; readonly declared?: boolean }
  /** 1 GB of blanks in 1 MB of gzip. */
  | { readonly kind: 'bomb' }
  | { readonly kind: 'html' }
  | { readonly kind: 'bad-json' }
  /** Good JSON of another form. */
  | { readonly kind: 'schema' }
  /** The right form, all amounts zero. */
  | { readonly kind: 'zeros' }
  /** Changes the right answer. */
  | { readonly kind: 'change'; readonly change: (body: unknown) => unknown };

export interface SeenRequest {
  readonly method: string;
  /** Below the base URL, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Simulator {
  readonly baseUrl: string;
  readonly requests: readonly SeenRequest[];
  /** Bytes of bodies written, faults included. */
  readonly bytesSent: number;
  /** @param path below the base URL, or '*' for all; null takes the fault away. */
  fault(path: string, fault: Fault | null): void;
  /** The simulator's time, epoch ms. */
  setNow(now: number): void;
  close(): Promise<void>;
}

export interface Served {
  /** "/v1", or empty. */
  readonly basePath: string;
  readonly answer: (request: SeenRequest, now: number) => Answer;
  readonly now: number | (() => number);
  readonly faults?: Readonly<Record<string, Fault>> | undefined;
}

export async function serve({ basePath, answer, now, faults }: Served): Promise<Simulator> {
  const requests: SeenRequest[] = [];
  const active = new Map(Object.entries(faults ?? {}));
  let bytesSent = 0;
  let clock = typeof now === 'number' ? () => now : now;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://simulator');
    const seen: SeenRequest = { method: request.method ?? '', path: url.pathname.slice(basePath.length), query: url.searchParams, headers: request.headers };
    requests.push(seen);
    const right = (): Answer => (url.pathname.startsWith(`${basePath}/`) ? answer(seen, clock()) : { status: 404, body: { error: { message: 'Not found' } } });
    respond(active.get(seen.path) ?? active.get('*'), right, request, response, bytes => { bytesSent += bytes; }).catch(() => response.destroy());
  });
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`,
    requests,
    get bytesSent() { return bytesSent; },
    fault(path, fault) {
      if (fault === null) active.delete(path);
      else active.set(path, fault);
    },
    setNow(next) { clock = () => next; },
    async close() {
      server.closeAllConnections();
      await new Promise<void>(resolve => { server.close(() => resolve()); });
    },
  };
}

async function respond(fault: Fault | undefined, right: () => Answer, request: IncomingMessage, response: ServerResponse, sent: (bytes: number) => void): Promise<void> {
  const send = ({ status, body, headers }: Answer) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    sent(Buffer.byteLength(text));
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  };
  const sendHalf = () => {
    const text = JSON.stringify(right().body);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).write(text.slice(0, text.length / 2));
  };
  switch (fault?.kind) {
    case undefined: return send(right());
    case 'status': return send({ status: fault.status, body: fault.body ?? echo(request, fault.status), ...fault.headers && { headers: fault.headers } });
    case 'redirect': return send({ status: fault.status ?? 302, body: '', headers: { location: fault.to } });
    case 'delay': {
      await wait(fault.ms);
      return send(right());
    }
    case 'stall': return sendHalf();
    case 'cut': {
      sendHalf();
      await wait(20);
      response.destroy();
      return;
    }
    case 'hang': return;
    case 'huge': {
      const piece = Buffer.from(`"${'x'.repeat(65_533)}",`);
      const pieces = 1600;
      response.writeHead(200, { 'content-type': 'application/json', ...fault.declared === true && { 'content-length': String(piece.length * pieces) } });
      return pipeline(Readable.from(repeat(piece, pieces, sent)), response);
    }
    case 'bomb': {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      const zip = createGzip();
      zip.on('data', (chunk: Buffer) => sent(chunk.length));
      return pipeline(Readable.from(repeat(Buffer.alloc(2 ** 20, ' '), 1024, () => undefined)), zip, response);
    }
    case 'html': return send({ status: 200, body: '<!doctype html><title>Sign in</title>', headers: { 'content-type': 'text/html' } });
    case 'bad-json': return send({ status: 200, body: '{"data": [1, 2' });
    case 'schema': return send({ status: 200, body: { data: { unexpected: [true] }, has_more: 'perhaps' } });
    case 'zeros': return change(zeros);
    case 'change': return change(fault.change);
  }

  function change(by: (body: unknown) => unknown): void {
    const answer = right();
    send({ ...answer, body: by(answer.body) });
  }
}

function* repeat(piece: Buffer, times: number, sent: (bytes: number) => void): Iterable<Buffer> {
  for (let i = 0; i < times; i++) {
    sent(piece.length);
    yield piece;
  }
}

/** A vendor that is careless with keys: they must not get into what we say of it. */
const echo = ({ headers }: IncomingMessage, status: number) =>
  ({ error: { code: status, message: `Refused: ${String(headers.authorization ?? headers['x-api-key'] ?? '')}` } });

function zeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(zeros);
  if (typeof value === 'number') return 0;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) =>
    [key, /time|_at$|date/.test(key) ? item : key === 'amount' && typeof item === 'string' ? '0' : zeros(item)]));
}
