/** What is looked at before a request's body is: who sends it, and in which form it will be. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { sameText } from '../gate';

export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Unpacked. Telemetry is packed to a tenth, seldom to less. */
export const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;

/** Why a request is not taken, as HTTP says it. The message is sent back, and tells nothing of what was sent. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export interface Asked {
  readonly signal: 'logs' | 'metrics' | 'traces';
  readonly form: 'json' | 'protobuf';
  readonly packed: boolean;
}

const FORMS: Readonly<Record<string, Asked['form']>> = { 'application/json': 'json', 'application/x-protobuf': 'protobuf' };

/**
 * A page in a browser can make requests to this address too, under its own name or, by a name server of its own, under any other:
 * browsers tell the page's origin, and the name that they asked.
 * @throws {Refusal}
 */
export function look({ method, url = '', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>, token: string, port: number): Asked {
  if (headers.origin !== undefined) throw new Refusal(403, 'Requests of web pages are refused.');
  if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(headers.host ?? '')) throw new Refusal(403, 'Requests to another host are refused.');
  const [, shown = headers['x-token'], signal] = /^(?:\/([^/]+))?\/v1\/(logs|metrics|traces)$/.exec(url) ?? [];
  if (typeof shown !== 'string' || !sameText(shown, token)) throw new Refusal(401, 'The token is missing or wrong.');
  if (signal === undefined) throw new Refusal(404, 'Telemetry goes to /v1/logs, /v1/metrics and /v1/traces.');
  if (method !== 'POST') throw new Refusal(405, 'Telemetry is sent by POST.');
  const form = FORMS[(headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''];
  if (form === undefined) throw new Refusal(415, 'Telemetry is application/json or application/x-protobuf.');
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'identity') throw new Refusal(415, 'Telemetry is sent plain or as gzip.');
  if (Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  return { signal: signal as Asked['signal'], form, packed: encoding === 'gzip' };
}

/** The whole body, unpacked. @throws {Refusal}; another error when the connection ends before the body does. */
export async function bodyOf(request: AsyncIterable<Buffer>, packed: boolean): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    pieces.push(piece);
  }
  const body = Buffer.concat(pieces);
  if (!packed) return body;
  try {
    return await promisify(gunzip)(body, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : new Refusal(400, 'The body is no gzip.');
  }
}

const tooLarge = (): Refusal => new Refusal(413, 'That is too much at once.');
