import http from 'node:http';
import https from 'node:https';

export interface Answer {
  readonly status: number;
  /** Empty: there is no such header. */
  readonly header: (name: string) => string;
  /** As it came, maybe packed. Null: it was cut off, too long or not wanted; never with a good status. */
  readonly body: Buffer | null;
}

export interface SendOptions {
  readonly agent: http.Agent;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Most bytes of a body with this status; more are not taken. */
  readonly roomFor: (status: number) => number;
  /** For a good answer that is longer. */
  readonly tooLong: () => Error;
  /** Called with the headers and with each piece of the body. */
  readonly onProgress: () => void;
  /** Takes what ends the request early, with the error that `send` then throws unless there is an answer. */
  readonly onEnd: (end: (why: Error) => void) => void;
}

const HEADER_BYTES = 65_536;

export const isGood = (status: number): boolean => status >= 200 && status < 300;

/** Asks once, and gathers the answer. @throws what HTTP, TLS, DNS and sockets throw, and `ProxyRefusal`. */
export function send({ agent, url, headers, roomFor, tooLong, onProgress, onEnd }: SendOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let answer: Omit<Answer, 'body'> | null = null;
    let request: http.ClientRequest | null = null;
    let ended = false;
    const end = (why: Error): void => {
      if (ended) return;
      ended = true;
      request?.destroy();
      if (answer === null || isGood(answer.status)) reject(why);
      else resolve({ ...answer, body: null });
    };
    onEnd(end);
    if (ended) return;
    request = (url.protocol === 'http:' ? http : https).request(url, { agent, headers: { ...headers }, maxHeaderSize: HEADER_BYTES });
    request.once('response', response => {
      if (ended) return;
      onProgress();
      const status = response.statusCode ?? 0;
      const header = (name: string): string => String(response.headers[name] ?? '');
      answer = { status, header };
      const room = roomFor(status);
      if (Number(header('content-length')) > room) return end(tooLong());
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        if (ended) return;
        onProgress();
        bytes += chunk.length;
        if (bytes > room) end(tooLong());
        else chunks.push(chunk);
      });
      response.once('end', () => {
        ended = true;
        resolve({ status, header, body: Buffer.concat(chunks) });
      });
      response.on('error', end);
    });
    request.on('error', end);
    request.end();
  });
}
