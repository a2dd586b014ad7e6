import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { counted } from '../../core/format';
import { SECOND_MS, type Clock, type Disposable } from '../../core/time';
import { makeToken } from '../token';
import { DecodeError } from './decodeError';
import { takeIn } from './intake';
import { Journal } from './journal';
import { bodyOf, look, Refusal } from './request';
import { setupText } from './setup';

export interface ReceiverOptions {
  /** Belongs to the receivers of one storage folder. */
  readonly dir: string;
  readonly clock: Clock;
  /** Called before anything is written. @throws once another process has taken the folder over. */
  readonly guard: () => void;
  readonly log: (level: 'info' | 'warn', message: string) => void;
  /** How long a request may take, and a connection may idle; the usual when not given. */
  readonly requestMs?: number;
}

/** Who holds the port may be an owner before us that has not quite ended. */
const RETRY_MS = 30 * SECOND_MS;
const REQUEST_MS = 20 * SECOND_MS;
const MAX_CONNECTIONS = 64;
const CLAUDE_METRIC = 'claude_code.token.usage';
const METRICS_ALONE = 'Claude Code sends metrics, which are not counted: set OTEL_LOGS_EXPORTER=otlp, so that it sends events.';

type State = { readonly kind: 'off' } | { readonly kind: 'failed'; readonly message: string } | { readonly kind: 'listening'; readonly port: number };

/**
 * Takes telemetry (OTLP over HTTP) on 127.0.0.1 from whoever has the token, and writes down what it tells of usage before it says
 * yes. Nothing listens before a port is configured.
 */
export class Receiver implements Disposable {
  readonly #options: ReceiverOptions;
  readonly #journal: Journal;
  #port: number | null = null;
  #server: Server | null = null;
  #retry: Disposable | null = null;
  #state: State = { kind: 'off' };
  #toldFailure = '';
  #claude = { metrics: false, events: false };
  #disposed = false;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#journal = new Journal(options.dir, options.clock, options.guard);
  }

  /** Where it listens; null: not, or not yet. */
  get port(): number | null {
    return this.#state.kind === 'listening' ? this.#state.port : null;
  }

  /** What is too old goes, whether anything is received or not. @param port null: do not listen. 0: any port, for tests. */
  configure(port: number | null): void {
    if (this.#disposed) return;
    void this.#tidy();
    if (port === this.#port) return;
    this.#port = port;
    this.#close();
    if (port !== null) void this.#open(port);
  }

  /** A sentence on why a provider's telemetry may be missing; null: all is well, as far as is known here. */
  noteFor(providerId: string): string | null {
    if (this.#state.kind === 'off') return this.#port === null ? 'No telemetry is received: the setting quotaMonitor.otlp.enabled is off.' : null;
    if (this.#state.kind === 'failed') return this.#state.message;
    return providerId === 'claude-telemetry' && this.#claude.metrics && !this.#claude.events ? METRICS_ALONE : null;
  }

  /** Ends all connections; what was answered with yes is on the disk. */
  dispose(): void {
    this.#disposed = true;
    this.#close();
  }

  #close(): void {
    this.#retry?.dispose();
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = null;
    this.#state = { kind: 'off' };
  }

  async #open(port: number): Promise<void> {
    const { dir, clock, requestMs = REQUEST_MS } = this.#options;
    const server = this.#server = createServer({
      headersTimeout: requestMs, requestTimeout: requestMs, connectionsCheckingInterval: Math.ceil(requestMs / 4), keepAliveTimeout: 3 * requestMs,
    });
    server.maxConnections = MAX_CONNECTIONS;
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const token = await makeToken(path.join(dir, 'token'));
      if (this.#server !== server) return;
      const own = await listen(server, port);
      if (this.#server !== server) return void server.close();
      server.on('request', (request, response) => void this.#answer(request, response, token, own));
      server.on('error', error => this.#options.log('warn', `Receiving telemetry: ${error.message}`));
      await this.#explain(own, token);
      if (this.#server !== server) return;
      this.#state = { kind: 'listening', port: own };
      this.#toldFailure = '';
    } catch (error) {
      if (this.#server !== server) return;
      this.#fail(port, error);
      this.#retry = clock.after(RETRY_MS, () => void this.#open(port));
    }
  }

  /** For the user alone: the token is in it. Nothing depends on it. */
  async #explain(port: number, token: string): Promise<void> {
    const guide = path.join(this.#options.dir, 'setup.md');
    try {
      await writeFile(guide, setupText(port, token), { mode: 0o600 });
      this.#options.log('info', `Telemetry is received on 127.0.0.1:${port}; ${guide} tells how to point tools at it.`);
    } catch (error) {
      this.#options.log('warn', `Telemetry is received on 127.0.0.1:${port}, but how to send it there could not be written down: ${codeOf(error)}.`);
    }
  }

  #fail(port: number, error: unknown): void {
    const why = codeOf(error) === 'EADDRINUSE' ? `another program listens on port ${port}` : `port ${port} cannot be listened on (${codeOf(error)})`;
    const message = `No telemetry is received: ${why}.`;
    this.#state = { kind: 'failed', message };
    if (message !== this.#toldFailure) this.#options.log('warn', message);
    this.#toldFailure = message;
  }

  /** Never rejects. */
  async #answer(request: IncomingMessage, response: ServerResponse, token: string, port: number): Promise<void> {
    try {
      const { signal, form, packed } = look(request, token, port);
      const body = await bodyOf(request.iterator({ destroyOnReturn: false }), packed);
      if (signal === 'metrics') this.#claude.metrics ||= body.includes(CLAUDE_METRIC);
      else await this.#keep(takeIn(body, form, signal));
      if (form === 'json') response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      else response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    } catch (error) {
      refuse(request, response, this.#refusalOf(error));
    }
  }

  /** @throws {Refusal} 503: it is to be sent again. */
  async #keep({ lines, damaged }: ReturnType<typeof takeIn>): Promise<void> {
    this.#claude.events ||= lines.has('claude-telemetry');
    if (damaged > 0) this.#options.log('warn', `${counted(String(damaged), 'response')} in the telemetry with counts or times that cannot be: not counted.`);
    if (lines.size === 0) return;
    try {
      this.#options.guard();
      await this.#journal.append(lines);
    } catch (error) {
      this.#options.log('warn', `Telemetry could not be written down: ${codeOf(error)}.`);
      throw new Refusal(503, 'That could not be kept. Send it again.');
    }
    void this.#tidy();
  }

  /** Never rejects: what was sent is kept all the same. */
  async #tidy(): Promise<void> {
    try {
      await this.#journal.tidy();
    } catch (error) {
      this.#options.log('warn', `Telemetry that is too old could not be deleted: ${codeOf(error)}.`);
    }
  }

  #refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof DecodeError) return new Refusal(400, error.message);
    // The connection went away in the middle of the body, most often; nobody hears the answer then.
    return new Refusal(400, 'The request could not be read.');
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** The rest of the body is not looked at, and the connection not used again. */
function refuse(request: IncomingMessage, response: ServerResponse, { status, message }: Refusal): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close', ...(status === 503 ? { 'retry-after': '5' } : {}) });
  response.end(`${message}\n`);
  request.resume();
}

const codeOf = (error: unknown): string => (error instanceof Error ? (error as NodeJS.ErrnoException).code ?? error.message : 'no error');
