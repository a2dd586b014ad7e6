/** The one way out to the network, by Node's own client: a larger one takes a worker more memory than all else that it holds. */
import { isLoopback } from '../../core/address';
import { ProviderError } from '../../core/errors';
import { SECOND_MS, type Clock, type Disposable } from '../../core/time';
import { Agents, type Env, type ProxySettings } from './agents';
import { parseJson, tooLong, unpack } from './body';
import { networkError, statusError } from './failure';
import { Lanes } from './lanes';
import { isGood, send } from './send';

export interface HttpRequest {
  readonly url: URL;
  /** Who is asked, for sentences: "OpenAI". */
  readonly name: string;
  /** The only origins that the headers, which may hold a credential, go to. */
  readonly origins: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Http extends Disposable {
  /** @throws {ProviderError} a status that is no success is an `HttpError`. */
  getJson(request: HttpRequest): Promise<unknown>;
  /** New proxy settings, for requests from now on. */
  configure(settings: ProxySettings): void;
}

export interface HttpLimits {
  /** Until a request goes beside others of its origin, instead of after one of them. */
  readonly patienceMs: number;
  /** Until the headers are there, connecting included. */
  readonly headersMs: number;
  /** Between two pieces of the body. */
  readonly idleMs: number;
  /** The whole request, with its redirects. */
  readonly totalMs: number;
  readonly bodyBytes: number;
}

const LIMITS: HttpLimits = { patienceMs: SECOND_MS, headersMs: 20 * SECOND_MS, idleMs: 10 * SECOND_MS, totalMs: 30 * SECOND_MS, bodyBytes: 20 * 2 ** 20 };
const ERROR_BODY_BYTES = 65_536;
const MAX_REDIRECTS = 3;

export interface HttpOptions {
  readonly settings: ProxySettings;
  readonly clock: Clock;
  /** "Name/1.0 (https://homepage)", as Anthropic's documents ask for. */
  readonly userAgent: string;
  readonly env: Env;
  readonly limits?: Partial<HttpLimits>;
}

export function createHttp({ settings, clock, userAgent, env, limits: given }: HttpOptions): Http {
  const limits = { ...LIMITS, ...given };
  let agents = new Agents(settings, env);
  const lanes = new Lanes(clock, limits.patienceMs);
  let disposed = false;
  const watches = new Set<Watch>();

  return {
    configure(next) {
      agents = new Agents(next, env); // the sockets of the old ones end by themselves when they are not used
    },
    dispose() {
      disposed = true;
      for (const watch of watches) watch.end('The engine is closing.');
      agents.destroy();
    },
    async getJson(request) {
      if (disposed) throw new ProviderError('unreachable', 'The engine is closing.');
      const watch = watchTime(clock, limits, request);
      watches.add(watch);
      const leave = await lanes.enter(request.url.origin, watch.onEnd);
      try {
        return await follow(request, watch);
      } catch (error) {
        throw error instanceof ProviderError ? error : watch.reason() ?? networkError(request.name, error);
      } finally {
        leave();
        watches.delete(watch);
        watch.dispose();
      }
    },
  };

  async function follow(request: HttpRequest, watch: Watch): Promise<unknown> {
    const { name } = request;
    let { url } = request;
    for (let redirects = 0; ; redirects++) {
      checkAddress(url, request);
      watch.waitForHeaders();
      const { status, header, body } = await send({
        agent: agents.for(url), url,
        headers: { accept: 'application/json', 'accept-encoding': 'gzip, br', 'user-agent': userAgent, ...request.headers },
        roomFor: of => (isGood(of) ? limits.bodyBytes : isRedirect(of) ? 0 : ERROR_BODY_BYTES),
        tooLong: () => tooLong(name, limits.bodyBytes),
        onProgress: watch.waitForBody, onEnd: watch.onEnd,
      });
      if (isGood(status)) return parseJson(name, await unpack(name, body ?? Buffer.alloc(0), header('content-encoding'), limits.bodyBytes), header('content-type'));
      if (!isRedirect(status)) {
        const details = body === null ? undefined : await unpack(name, body, header('content-encoding'), ERROR_BODY_BYTES).then(bytes => JSON.parse(bytes.toString('utf8')) as unknown).catch(() => undefined);
        throw statusError(name, { status, body: details, header }, clock.now());
      }
      url = redirectTarget(request, url, header('location'));
      if (redirects === MAX_REDIRECTS) throw new ProviderError('changed', `${name} redirects without end.`);
    }
  }
}

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/** What the headers may be sent to, whoever made the address. */
function checkAddress(url: URL, { name, origins }: HttpRequest): void {
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  if (!secure) throw new ProviderError('changed', `The address of ${name} is not secure: https is needed.`);
  if (!origins.includes(url.origin)) throw new ProviderError('internal', `The address is not one that belongs to ${name}.`);
}

/** @throws {ProviderError} 'changed' when it leads to another origin: the credential is not sent there. */
function redirectTarget({ name }: HttpRequest, from: URL, location: string): URL {
  if (location === '' || !URL.canParse(location, from.href)) throw new ProviderError('changed', `${name} redirects to nowhere.`);
  const to = new URL(location, from);
  if (to.origin === from.origin) return to;
  throw new ProviderError('changed', `${name} redirects to another address, which did not get the key; a proxy or sign-in page, or an old base URL?`);
}

interface Watch extends Disposable {
  /** Takes what ends the request; it is called at once when the request is over. */
  onEnd(end: (why: ProviderError) => void): void;
  end(sentence: string): void;
  waitForHeaders(): void;
  waitForBody(): void;
  /** Why the request was ended, if it was. */
  reason(): ProviderError | null;
}

/** One request's time-outs and its caller's signal as one end. */
function watchTime(clock: Clock, limits: HttpLimits, { name, signal }: HttpRequest): Watch {
  let reason: ProviderError | null = null;
  let tell: (why: ProviderError) => void = () => undefined;
  const end = (sentence: string) => tell(reason ??= new ProviderError('unreachable', sentence));
  const onAbort = () => end(`The request to ${name} was given up.`);
  const seconds = (ms: number) => `${Math.max(1, Math.round(ms / SECOND_MS))} s`;
  const total = clock.after(limits.totalMs, () => end(`${name} took longer than ${seconds(limits.totalMs)}.`));
  let step: Disposable | null = null;
  const wait = (ms: number, sentence: string) => {
    step?.dispose();
    step = clock.after(ms, () => end(sentence));
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    onEnd(next) {
      tell = next;
      if (reason !== null) next(reason);
    },
    end,
    waitForHeaders: () => wait(limits.headersMs, `${name} did not answer within ${seconds(limits.headersMs)}.`),
    waitForBody: () => wait(limits.idleMs, `${name} stopped in the middle of its answer.`),
    reason: () => reason,
    dispose() {
      total.dispose();
      step?.dispose();
      signal.removeEventListener('abort', onAbort);
    },
  };
}
