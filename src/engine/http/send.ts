import type { Dispatcher } from 'undici';

export interface Answer {
  readonly status: number;
  /** Empty: there is no such header. */
  readonly header: (name: string) => string;
  /** As it came, maybe packed. Null: it was cut off, too long or not wanted; never with a good status. */
  readonly body: Buffer | null;
}

export interface SendOptions {
  readonly dispatcher: Dispatcher;
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

export const isGood = (status: number): boolean => status >= 200 && status < 300;

/** Asks once, and gathers the answer. Most are some hundred bytes: a stream for each would cost as much as the request. @throws what undici, TLS, DNS and sockets throw. */
export function send({ dispatcher, url, headers, roomFor, tooLong, onProgress, onEnd }: SendOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let answer: Omit<Answer, 'body'> | null = null;
    let controller: Dispatcher.DispatchController | null = null;
    let ended: Error | null = null;
    const chunks: Buffer[] = [];
    let [bytes, room] = [0, 0];
    const end = (why: Error): void => {
      if (ended !== null) return;
      ended = why;
      controller?.abort(why);
      if (answer === null || isGood(answer.status)) reject(why);
      else resolve({ ...answer, body: null });
    };
    onEnd(end);
    if (ended !== null) return;
    dispatcher.dispatch({ origin: url.origin, path: url.pathname + url.search, method: 'GET', headers: { ...headers } }, {
      onRequestStart(started) {
        controller = started;
        if (ended !== null) started.abort(ended);
      },
      onResponseStart(_, status, fields) {
        if (status < 200 || ended !== null) return;
        onProgress();
        answer = { status, header: name => String(fields[name] ?? '') };
        room = roomFor(status);
        if (Number(answer.header('content-length')) > room) end(tooLong());
      },
      onResponseData(_, chunk) {
        if (ended !== null) return;
        onProgress();
        bytes += chunk.length;
        if (bytes > room) end(tooLong());
        else chunks.push(chunk);
      },
      onResponseEnd() {
        if (answer !== null) resolve({ ...answer, body: Buffer.concat(chunks) });
      },
      onResponseError(_, error) {
        end(error);
      },
    });
  });
}
