import { pipeline } from 'node:stream/promises';
import { Transform, Writable, type Readable } from 'node:stream';
import zlib from 'node:zlib';
import { ProviderError } from '../../core/errors';

export interface BodyLimits {
  /** Most bytes of a body, on the wire and again unpacked; what is longer is cut off while it comes in. */
  readonly maxBytes: number;
  /** Called with each piece that comes in. */
  readonly onProgress: () => void;
}

/** @throws {ProviderError} 'changed' when it is too long or packed in an unknown way; other errors are the stream's. */
export async function readBody(name: string, body: Readable, encoding: string, { maxBytes, onProgress }: BodyLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const count = counter(name, maxBytes);
  const packed = unpackers(name, encoding);
  if (packed.length === 0) {
    // Most answers are small and come as they are: streams that are only passed through would cost more than the request.
    for await (const chunk of body as AsyncIterable<Buffer>) {
      onProgress();
      const tooMuch = count(chunk);
      if (tooMuch !== null) throw tooMuch;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
  const countUnpacked = counter(name, maxBytes);
  const onWire = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onProgress();
      done(count(chunk), chunk);
    },
  });
  const unpacked = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done(countUnpacked(chunk));
    },
  });
  await pipeline([body, onWire, ...packed, unpacked]);
  return Buffer.concat(chunks);
}

/** Counts pieces; gives the error to end with once they are too many bytes. */
function counter(name: string, maxBytes: number): (chunk: Buffer) => ProviderError | null {
  let bytes = 0;
  return chunk => ((bytes += chunk.length) > maxBytes ? tooLong(name, maxBytes) : null);
}

export const tooLong = (name: string, maxBytes: number): ProviderError =>
  new ProviderError('changed', `The answer of ${name} is longer than ${Math.round(maxBytes / 2 ** 20)} MB.`);

function unpackers(name: string, encoding: string): Transform[] {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return [];
    case 'gzip':
    case 'x-gzip':
      return [zlib.createGunzip()];
    case 'br':
      return [zlib.createBrotliDecompress()];
    default:
      throw new ProviderError('changed', `The answer of ${name} is packed in a way that was not asked for.`);
  }
}

/** @throws {ProviderError} 'changed': a web page, nothing, or no JSON. */
export function parseJson(name: string, bytes: Buffer, contentType: string): unknown {
  const text = bytes.toString('utf8').trim(); // of a byte order mark too
  if (/html/i.test(contentType) || text.startsWith('<')) {
    throw new ProviderError('changed', `${name} answered with a web page instead of data; a proxy or sign-in page?`);
  }
  if (text === '') throw new ProviderError('changed', `${name} answered with nothing.`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ProviderError('changed', `${name} answered with something that is not JSON, or with half of it.`);
  }
}
