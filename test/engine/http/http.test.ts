import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { inspect, promisify } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { ProviderError, type FailureKind } from '../../../src/core/errors';
import { systemClock, type Clock } from '../../../src/core/time';
import { createHttp, type HttpLimits } from '../../../src/engine/http/http';
import type { HttpError } from '../../../src/providers/httpError';
import { serve, type Fault, type Simulator } from '../../simulators/server';

const KEY = 'sk-canary-0123456789';
const MB = 2 ** 20;
const proxyless = { proxy: null, proxyAuthorization: null, noProxy: [], proxyStrictSsl: true };
const CERTIFICATE = path.join(__dirname, '../../fixtures/http/self-signed.cert.pem');
const cert = (part: 'key' | 'cert') => readFileSync(path.join(__dirname, '../../fixtures/http', `self-signed.${part}.pem`));
const port = (server: Server) => (server.address() as AddressInfo).port;

/** What a failed request must be, and that nothing of it shows the key. */
async function fails(request: Promise<unknown>, kind: FailureKind, sentence: RegExp): Promise<ProviderError> {
  const error = await request.then(() => assert.fail('the request should have failed'), (error: unknown) => error);
  assert.ok(error instanceof ProviderError, inspect(error));
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, sentence);
  for (const text of [error.message, error.stack, JSON.stringify(error), inspect(error, { depth: 9, showHidden: true, getters: true })]) {
    assert.ok(!text?.includes(KEY), `shows the key: ${text}`);
  }
  return error;
}

describe('the HTTP client', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map(part => part.close()));
  });

  function client({ limits = {}, settings = proxyless, clock = systemClock, env = {} }: { limits?: Partial<HttpLimits>; settings?: Parameters<typeof createHttp>[0]['settings']; clock?: Clock; env?: Record<string, string> } = {}) {
    const http = createHttp({ settings, clock, userAgent: 'QuotaMonitor/0.0 (https://example.org)', env, limits });
    open.push({ close: () => http.dispose() });
    const get = (address: string, { origins = [new URL(address).origin], signal = new AbortController().signal } = {}) =>
      http.getJson({ url: new URL(address), name: 'Acme', origins, headers: { authorization: `Bearer ${KEY}` }, signal });
    return { ...http, get };
  }

  async function simulator(fault?: Fault): Promise<Simulator> {
    const started = await serve({ basePath: '/v1', now: 0, answer: () => ({ status: 200, body: { fine: true, filler: 'x'.repeat(5000) } }), ...fault && { faults: { '/a': fault } } });
    open.push(started);
    return started;
  }

  /** A server that is told what to do with each request. */
  async function server(handler: Parameters<typeof createServer>[1]): Promise<string> {
    const started = createServer(handler).listen(0, '127.0.0.1');
    await once(started, 'listening');
    open.push({ close: () => (started.closeAllConnections(), started.close()) });
    return `http://127.0.0.1:${port(started)}`;
  }

  it('sends the credential and says who asks', async () => {
    const { baseUrl, requests } = await simulator();
    assert.deepEqual(Object.keys(await client().get(`${baseUrl}/a?x=1`) as object), ['fine', 'filler']);
    assert.equal(requests[0]?.headers.authorization, `Bearer ${KEY}`);
    assert.equal(requests[0]?.headers['user-agent'], 'QuotaMonitor/0.0 (https://example.org)');
  });

  describe('keeps the credential to its hosts', () => {
    for (const status of [301, 302, 303, 307, 308]) {
      it(`does not follow a ${status} to another origin, and sends nothing there`, async () => {
        const other = await simulator();
        const first = await simulator({ kind: 'redirect', to: `${other.baseUrl}/a?token=${KEY}`, status });
        await fails(client().get(`${first.baseUrl}/a`, { origins: [new URL(first.baseUrl).origin, new URL(other.baseUrl).origin] }), 'changed', /redirects to another address/);
        assert.equal(first.requests.length, 1);
        assert.deepEqual(other.requests, []);
      });
    }

    it('takes another port or scheme of the same host for another origin', async () => {
      const first = await simulator();
      for (const to of [first.baseUrl.replace('http:', 'https:'), first.baseUrl.replace('127.0.0.1', 'localhost'), '//example.invalid/v1/a']) {
        first.fault('/a', { kind: 'redirect', to });
        await fails(client().get(`${first.baseUrl}/a`), 'changed', /redirects to another address/);
      }
    });

    it('follows a redirect within the origin, three times at most', async () => {
      const { baseUrl, requests, fault } = await simulator({ kind: 'redirect', to: 'b' });
      assert.ok(await client().get(`${baseUrl}/a`));
      assert.equal(requests[1]?.headers.authorization, `Bearer ${KEY}`);
      fault('*', { kind: 'redirect', to: 'c' });
      await fails(client().get(`${baseUrl}/b`), 'changed', /redirects without end/);
      assert.equal(requests.length, 2 + 4);
    });

    it('refuses a redirect to nowhere', async () => {
      const { baseUrl } = await simulator({ kind: 'redirect', to: 'http://' });
      await fails(client().get(`${baseUrl}/a`), 'changed', /redirects to nowhere/);
    });

    it('refuses an origin that is not listed', async () => {
      const { baseUrl, requests } = await simulator();
      await fails(client().get(`${baseUrl}/a`, { origins: ['https://api.example.org'] }), 'internal', /not one that belongs/);
      assert.deepEqual(requests, []);
    });

    it('refuses plain http to anything but this machine', async () => {
      for (const address of ['http://api.example.invalid/a', 'http://127.example.invalid/a', 'http://0.0.0.0/a', 'ftp://127.0.0.1/a']) {
        await fails(client().get(address, { origins: [new URL(address).origin] }), 'changed', /https is needed/);
      }
    });
  });

  describe('tells failures apart', () => {
    const statuses: readonly (readonly [status: number, kind: FailureKind, sentence: RegExp])[] = [
      [204, 'changed', /nothing/], [300, 'changed', /without data/], [304, 'changed', /without data/], [400, 'changed', /does not accept the question/], [401, 'auth', /does not accept the key/],
      [403, 'auth', /does not let this key/], [404, 'changed', /does not know the address/], [407, 'unreachable', /proxy/], [408, 'unreachable', /too long/], [429, 'rate-limited', /asks to wait/],
      [500, 'unreachable', /trouble at its side/], [503, 'unreachable', /trouble/], [529, 'unreachable', /trouble/],
    ];
    for (const [status, kind, sentence] of statuses) {
      it(`R20: a ${status} is '${kind}' and never a number`, async () => {
        const { baseUrl } = await simulator({ kind: 'status', status });
        const error = await fails(client().get(`${baseUrl}/a?secret=${KEY}`), kind, sentence);
        assert.equal(error.retryAfterMs, null);
        if (status > 204) assert.equal((error as HttpError).status, status);
      });
    }

    it('hands the body of a failure to adapters, but to no log', async () => {
      const { baseUrl } = await simulator({ kind: 'status', status: 403, body: { error: { message: `no scope for ${KEY}` } } });
      const error = await fails(client().get(`${baseUrl}/a`), 'auth', /403/);
      assert.deepEqual((error as HttpError).body(), { error: { message: `no scope for ${KEY}` } });
    });

    it('a web page with a 403 is of a proxy or firewall: it says nothing of the key, which is tried again', async () => {
      const headers = { 'content-type': 'text/html; charset=UTF-8', 'retry-after': '7' };
      const { baseUrl, fault } = await simulator({ kind: 'status', status: 403, body: '<!doctype html><title>Blocked</title>', headers });
      const error = await fails(client().get(`${baseUrl}/a`), 'unreachable', /web page.*403/);
      assert.equal(error.retryAfterMs, 7000);
      fault('/a', { kind: 'status', status: 401, body: '<!doctype html>', headers });
      await fails(client().get(`${baseUrl}/a`), 'auth', /401/);
    });

    it('a failure keeps its status when its body is too long or no JSON', async () => {
      for (const body of ['x'.repeat(MB), '<html>']) {
        const { baseUrl } = await simulator({ kind: 'status', status: 429, body, headers: { 'retry-after': '7' } });
        const error = await fails(client().get(`${baseUrl}/a`), 'rate-limited', /429/);
        assert.equal(error.retryAfterMs, 7000);
        assert.equal((error as HttpError).body(), undefined);
      }
    });

    it('a failure keeps its status when its body never ends', async () => {
      const address = await server((_, response) => response.writeHead(401).write('{"error"'));
      await fails(client({ limits: { idleMs: 50 } }).get(address), 'auth', /401/);
    });

    const bodies: readonly (readonly [fault: Fault, sentence: RegExp])[] = [
      [{ kind: 'html' }, /web page instead of data/],
      [{ kind: 'status', status: 200, body: '  <!doctype html>' }, /web page instead of data/],
      [{ kind: 'bad-json' }, /not JSON/],
      [{ kind: 'status', status: 200, body: '' }, /nothing/],
      [{ kind: 'status', status: 200, body: '{}', headers: { 'content-encoding': 'zstd' } }, /packed in a way/],
      [{ kind: 'status', status: 200, body: '{}', headers: { 'content-encoding': 'gzip' } }, /compressed wrongly/],
      [{ kind: 'status', status: 200, body: '{}', headers: { 'content-encoding': 'br' } }, /compressed wrongly/],
      [{ kind: 'status', status: 200, body: `${'['.repeat(200_000)}` }, /not JSON/],
    ];
    for (const [fault, sentence] of bodies) {
      it(`a good status with ${JSON.stringify(fault).slice(0, 90)} is 'changed'`, async () => {
        const { baseUrl } = await simulator(fault);
        await fails(client().get(`${baseUrl}/a`), 'changed', sentence);
      });
    }

    it('reads JSON with a byte order mark', async () => {
      const { baseUrl } = await simulator({ kind: 'status', status: 200, body: '\uFEFF{"a":1}' });
      assert.deepEqual(await client().get(`${baseUrl}/a`), { a: 1 });
    });

    it('a connection that is cut is unreachable', async () => {
      const { baseUrl } = await simulator({ kind: 'cut' });
      await fails(client().get(`${baseUrl}/a`), 'unreachable', /was cut/);
      const address = await server(request => request.socket.destroy());
      await fails(client().get(address), 'unreachable', /was cut/);
    });

    it('a port where nobody listens is unreachable', async () => {
      const { baseUrl, close } = await simulator();
      await close();
      await fails(client().get(`${baseUrl}/a`), 'unreachable', /refuses the connection/);
    });

    it('what is no HTTP is changed', async () => {
      const address = await server(request => request.socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
      await fails(client().get(address), 'changed', /no HTTP answer/);
    });
  });

  describe('holds no more than 20 MB', () => {
    for (const declared of [true, false]) {
      it(`cuts a 100 MB answer ${declared ? 'that says its length' : 'without a length'}`, async () => {
        const simulated = await simulator({ kind: 'huge', declared });
        const before = process.memoryUsage().rss;
        await fails(client().get(`${simulated.baseUrl}/a`), 'changed', /longer than 20 MB/);
        assert.ok(simulated.bytesSent > 0 && simulated.bytesSent < (declared ? 10 : 30) * MB, `${simulated.bytesSent} bytes were sent`);
        assert.ok(process.memoryUsage().rss - before < 80 * MB);
      });
    }

    for (const [encoding, pack] of [['gzip', gzipSync], ['br', brotliCompressSync]] as const) {
      it(`unpacks ${encoding}, and the words of a failure too`, async () => {
        const packed = (status: number) => server((_, response) => void response.writeHead(status, { 'content-encoding': encoding }).end(pack('{"error":"é"}')));
        assert.deepEqual(await client().get(await packed(200)), { error: 'é' });
        const error: unknown = await client().get(await packed(400)).catch((thrown: unknown) => thrown);
        assert.deepEqual((error as HttpError).body(), { error: 'é' });
      });
    }

    it('cuts gzip that unpacks to nothing', async () => {
      const nothings = Buffer.concat(Array.from({ length: 3000 }, () => gzipSync('')));
      let sent = 0;
      const address = await server((_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        const send = (): void => {
          if (response.destroyed || sent > 60 * MB) return void response.end();
          sent += nothings.length;
          if (response.write(nothings)) setImmediate(send);
          else response.once('drain', send);
        };
        send();
      });
      await fails(client().get(address), 'changed', /longer than 20 MB/);
      assert.ok(sent < 40 * MB, `${sent} bytes were sent`);
    });

    it('cuts gzip that unpacks to more', async () => {
      const { baseUrl } = await simulator({ kind: 'bomb' });
      const before = process.memoryUsage().rss;
      await fails(client().get(`${baseUrl}/a`), 'changed', /longer than 20 MB/);
      assert.ok(process.memoryUsage().rss - before < 150 * MB);
    });
  });

  describe('waits no longer than its limits', () => {
    it('ends a request without an answer', async () => {
      const { baseUrl } = await simulator({ kind: 'hang' });
      await fails(client({ limits: { headersMs: 50 } }).get(`${baseUrl}/a`), 'unreachable', /did not answer within/);
    });

    it('ends a body that stops', async () => {
      const { baseUrl } = await simulator({ kind: 'stall' });
      await fails(client({ limits: { idleMs: 50 } }).get(`${baseUrl}/a`), 'unreachable', /stopped in the middle/);
    });

    it('ends a body that drips, by its clock alone', async () => {
      const address = await server((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(drip));
      });
      const timers = new Set<{ readonly delayMs: number; readonly task: () => void }>();
      const clock: Clock = { now: () => 0, after(delayMs, task) {
        const timer = { delayMs, task };
        timers.add(timer);
        return { dispose: () => timers.delete(timer) };
      } };
      const request = fails(client({ clock }).get(address), 'unreachable', /longer than 30 s/);
      const waits = () => [...timers].map(({ delayMs }) => delayMs).sort();
      while (!waits().includes(10_000)) await new Promise(resolve => setTimeout(resolve, 5));
      assert.deepEqual(waits(), [10_000, 30_000]);
      [...timers].find(({ delayMs }) => delayMs === 30_000)?.task();
      await request;
      assert.equal(timers.size, 0, 'timers are left');
    });

    it('asks few things of an origin at once, and waits not long for slow ones to end', async () => {
      let [open, most] = [0, 0];
      const address = await server((request, response) => {
        most = Math.max(most, ++open);
        response.on('close', () => open--);
        if (request.url !== '/slow') setTimeout(() => response.end('{}'), 5);
      });
      const { get } = client({ limits: { patienceMs: 100, headersMs: 700 } });
      await Promise.all(Array.from({ length: 40 }, () => get(`${address}/fast`)));
      assert.equal(most, 4);
      const slow = Promise.allSettled(Array.from({ length: 4 }, () => get(`${address}/slow`)));
      const startedAt = performance.now();
      await Promise.all(Array.from({ length: 5 }, () => get(`${address}/fast`)));
      assert.ok(performance.now() - startedAt < 600);
      for (const { status } of await slow) assert.equal(status, 'rejected');
    });

    it('does not count the wait for others as a vendor\'s silence', async () => {
      const address = await server((_, response) => { setTimeout(() => response.end('{}'), 150); });
      const { get } = client({ limits: { patienceMs: 1_000, headersMs: 280 } });
      await Promise.all(Array.from({ length: 12 }, () => get(`${address}/a`)));
    });

    it('ends what waits for others when its caller gives up', async () => {
      const address = await server(() => undefined);
      const { get, dispose } = client({ limits: { patienceMs: 5_000 } });
      const first = Array.from({ length: 4 }, () => get(`${address}/a`));
      const caller = new AbortController();
      const startedAt = performance.now();
      const last = get(`${address}/a`, { signal: caller.signal });
      caller.abort();
      await fails(last, 'unreachable', /given up/);
      assert.ok(performance.now() - startedAt < 1_000);
      dispose();
      await Promise.allSettled(first);
    });

    it('ends when its caller gives up', async () => {
      const { baseUrl } = await simulator({ kind: 'hang' });
      const controller = new AbortController();
      const request = client().get(`${baseUrl}/a`, { signal: controller.signal });
      setTimeout(() => controller.abort(new Error(KEY)), 20);
      await fails(request, 'unreachable', /was given up/);
      await fails(client().get(`${baseUrl}/a`, { signal: controller.signal }), 'unreachable', /was given up/);
    });

    it('ends what is under way when it is disposed of, and takes nothing new', async () => {
      const { baseUrl } = await simulator({ kind: 'hang' });
      const http = client();
      const request = http.get(`${baseUrl}/a`);
      setTimeout(() => http.dispose(), 30);
      await fails(request, 'unreachable', /closing/);
      await fails(http.get(`${baseUrl}/b`), 'unreachable', /closing/);
    });
  });

  describe('uses TLS and proxies as set', () => {
    async function tlsServer(options: tls.SecureContextOptions = {}): Promise<{ address: string; seen: () => number }> {
      let seen = 0;
      const started = createTlsServer({ key: cert('key'), cert: cert('cert'), ...options }, (_, response) => {
        seen++;
        response.end('{}');
      }).listen(0, '127.0.0.1');
      await once(started, 'listening');
      open.push({ close: () => (started.closeAllConnections(), started.close()) });
      return { address: `https://127.0.0.1:${port(started)}`, seen: () => seen };
    }

    /** A proxy that answers CONNECT with a status, and what it was told. */
    async function proxy(status: string): Promise<{ address: string; told: string[] }> {
      const told: string[] = [];
      const started = createServer((request, response) => {
        told.push(`${request.method} ${request.url}`);
        response.end('{}');
      });
      started.on('connect', (request, socket) => {
        told.push(`CONNECT ${request.url} ${JSON.stringify(request.headers)}`);
        socket.end(`HTTP/1.1 ${status}\r\n\r\n`);
      });
      started.listen(0, '127.0.0.1');
      await once(started, 'listening');
      open.push({ close: () => (started.closeAllConnections(), started.close()) });
      return { address: `http://127.0.0.1:${port(started)}`, told };
    }

    /** What a process that is started with `env` prints after three requests: trust is settled when a process starts. */
    async function askedThrice(address: string, proxy: string | null, env: Record<string, string>): Promise<string> {
      const script = `
        const { createHttp } = require('./src/engine/http/http');
        const { systemClock } = require('./src/core/time');
        const http = createHttp({ settings: { proxy: ${JSON.stringify(proxy)}, proxyAuthorization: null, noProxy: [], proxyStrictSsl: true }, clock: systemClock, userAgent: '', env: {} });
        const url = new URL('${address.replace('127.0.0.1', '0.0.0.0')}');
        const get = () => http.getJson({ url, name: 'Acme', origins: [url.origin], headers: {}, signal: new AbortController().signal });
        get().then(get).then(get).then(answer => { console.log(JSON.stringify(answer)); http.dispose(); }, error => console.log(error.message));`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--require', 'tsx/cjs', '-e', script], { cwd: path.join(__dirname, '../../..'), timeout: 8000, env: { ...process.env, ...env } });
      return stdout.trim();
    }

    it('R38: trusts what the system trusts, and nothing else', async function () {
      if (process.platform !== 'linux') this.skip(); // elsewhere the store is no file
      const { address, seen } = await tlsServer();
      assert.match(await askedThrice(address, null, {}), /certificate of Acme is not trusted/);
      assert.equal(await askedThrice(address, null, { SSL_CERT_FILE: CERTIFICATE }), '{}');
      assert.equal(seen(), 3);
    });

    it('R38: does not send the key to a certificate that is not trusted, and says what is missing', async () => {
      const { address, seen } = await tlsServer();
      await fails(client().get(address), 'unreachable', /certificate of Acme is not trusted/);
      assert.equal(seen(), 0);
    });

    it('does not talk TLS older than 1.2', async () => {
      const [version, ciphers] = [tls.DEFAULT_MIN_VERSION, tls.DEFAULT_CIPHERS];
      try {
        // Without our own minimum these let the handshake go on to the certificate.
        tls.DEFAULT_MIN_VERSION = 'TLSv1';
        tls.DEFAULT_CIPHERS = 'DEFAULT@SECLEVEL=0';
        const { address } = await tlsServer({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
        await fails(client().get(address), 'unreachable', /TLS 1\.2 or newer/);
      } finally {
        [tls.DEFAULT_MIN_VERSION, tls.DEFAULT_CIPHERS] = [version, ciphers];
      }
    });

    it('R38: goes through the proxy of the settings, which does not see the key', async () => {
      const { address, told } = await proxy('407 Proxy Authentication Required');
      const settings = { proxy: address.replace('//', '//user:proxy-password@'), proxyAuthorization: null, noProxy: [], proxyStrictSsl: true };
      const error = await fails(client({ settings }).get('https://api.example.invalid/a'), 'unreachable', /proxy before Acme asks for a sign-in/);
      assert.ok(!inspect(error, { depth: 9 }).includes('proxy-password'));
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', /^CONNECT api\.example\.invalid:443 .*"proxy-authorization":"Basic /);
      assert.ok(!told[0]?.includes(KEY));
    });

    it('tells the proxy of the settings what http.proxyAuthorization says, in place of what its address says', async () => {
      const { address, told } = await proxy('407 Proxy Authentication Required');
      const settings = { proxy: address.replace('//', '//user:proxy-password@'), proxyAuthorization: 'Bearer proxy-token', noProxy: [], proxyStrictSsl: true };
      const error = await fails(client({ settings }).get('https://api.example.invalid/a'), 'unreachable', /asks for a sign-in/);
      assert.match(told[0] ?? '', /"proxy-authorization":"Bearer proxy-token"/);
      assert.ok(!inspect(error, { depth: 9 }).includes('proxy-token'));
    });

    it('R38: goes through the proxy of the environment when the settings name none', async () => {
      const { address, told } = await proxy('502 Bad Gateway');
      await fails(client({ env: { HTTPS_PROXY: address } }).get('https://api.example.invalid/a'), 'unreachable', /proxy before Acme does not connect/);
      assert.equal(told.length, 1);
    });

    it('goes past the proxy to listed hosts and to this machine', async () => {
      const { address, told } = await proxy('502 Bad Gateway');
      const secure = await tlsServer();
      const away = secure.address.replace('127.0.0.1', '0.0.0.0');
      await fails(client({ settings: { proxy: address, proxyAuthorization: null, noProxy: ['0.0.0.0'], proxyStrictSsl: true } }).get(away), 'unreachable', /certificate/);
      await fails(client({ settings: { ...proxyless, proxy: address }, env: { NO_PROXY: '0.0.0.0' } }).get(away), 'unreachable', /certificate/);
      const { baseUrl } = await simulator();
      assert.ok(await client({ settings: { ...proxyless, proxy: address } }).get(`${baseUrl}/a`));
      await fails(client({ settings: { ...proxyless, proxy: address } }).get(secure.address), 'unreachable', /certificate/);
      assert.deepEqual(told, []);
      await fails(client({ settings: { ...proxyless, proxy: address } }).get(away), 'unreachable', /proxy/);
      assert.equal(told.length, 1);
    });

    it('R38: reaches a vendor through the proxy with one connection for many requests, and leaves none', async () => {
      const { address } = await tlsServer();
      const told: string[] = [];
      const through = createServer().on('connect', (request, socket) => {
        told.push(`CONNECT ${request.url}`);
        const away = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          away.pipe(socket).pipe(away);
        });
      }).listen(0, '127.0.0.1');
      await once(through, 'listening');
      open.push({ close: () => through.close() });
      assert.equal(await askedThrice(address, `http://127.0.0.1:${port(through)}`, { NODE_EXTRA_CA_CERTS: CERTIFICATE }), '{}');
      assert.deepEqual(told, [`CONNECT ${address.slice('https://'.length).replace('127.0.0.1', '0.0.0.0')}`]);
    });

    it('R38: waits no longer for a proxy that says nothing than for a vendor, and leaves no socket', async () => {
      const sockets = new Set<Socket>();
      const mute = createTcpServer(socket => { sockets.add(socket.on('close', () => sockets.delete(socket)).resume()); }).listen(0, '127.0.0.1');
      await once(mute, 'listening');
      open.push({ close: () => mute.close() });
      const http = client({ limits: { headersMs: 60 }, settings: { ...proxyless, proxy: `http://127.0.0.1:${(mute.address() as AddressInfo).port}` } });
      await fails(http.get('https://api.example.invalid/a'), 'unreachable', /did not answer/);
      assert.equal(sockets.size, 1);
      const [socket] = sockets;
      http.dispose();
      if (socket?.closed === false) await once(socket, 'close');
      assert.equal(sockets.size, 0);
    });

    it('sends nothing past a proxy of a kind that it cannot use, says so without repeating it, and goes past it where it is told to', async () => {
      const secure = await tlsServer();
      const away = secure.address.replace('127.0.0.1', '0.0.0.0');
      for (const address of ['socks5://me:proxy-secret@127.0.0.1:1080', '127.0.0.1:8080', 'proxy.example:8080', 'no address']) {
        for (const from of [{ settings: { ...proxyless, proxy: address } }, { env: { HTTPS_PROXY: address } }]) {
          const error = await fails(client(from).get(away), 'unreachable', /^The proxy in the settings or in HTTPS_PROXY is not an address that begins with http:\/\/ or https:\/\/; other kinds, such as SOCKS, are not supported\.$/);
          assert.doesNotMatch(inspect(error, { depth: 9 }), /proxy-secret/);
        }
        for (const noProxy of ['*', '0.0.0.0']) await fails(client({ settings: { ...proxyless, proxy: address, noProxy: [noProxy] } }).get(away), 'unreachable', /certificate/);
      }
    });

    it('R38: says that a proxy setting is no address, and takes a new one', async () => {
      const { address, told } = await proxy('502 Bad Gateway');
      const http = client({ settings: { ...proxyless, proxy: 'not an address' } });
      await fails(http.get('https://api.example.invalid/a'), 'unreachable', /proxy in the settings/);
      http.configure({ ...proxyless, proxy: 'http://me:proxy-100%@127.0.0.1' });
      assert.ok(!inspect(await fails(http.get('https://api.example.invalid/a'), 'unreachable', /proxy in the settings/), { depth: 9 }).includes('proxy-100'));
      http.configure({ ...proxyless, proxy: address });
      await fails(http.get('https://api.example.invalid/a'), 'unreachable', /proxy before Acme/);
      assert.equal(told.length, 1);
    });
  });
});
