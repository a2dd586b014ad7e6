import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { ProviderError } from '../../core/errors';

const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip);
const brotliDecompress = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress);

/**
 * A body as it was before it was packed for the way.
 * @param maxBytes most bytes that it may have; what unpacks to more is cut off there.
 * @throws {ProviderError} 'changed' when it is too long or packed in an unknown way; other errors are zlib's.
 */
export async function unpack(name: string, body: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  try {
    switch (encoding.trim().toLowerCase()) {
      case '':
      case 'identity':
        return body;
      case 'gzip':
      case 'x-gzip':
        return await gunzip(body, { maxOutputLength: maxBytes });
      case 'br':
        return await brotliDecompress(body, { maxOutputLength: maxBytes });
      default:
        throw new ProviderError('changed', `The answer of ${name} is packed in a way that was not asked for.`);
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLong(name, maxBytes) : error;
  }
}

export const tooLong = (name: string, maxBytes: number): ProviderError =>
  new ProviderError('changed', `The answer of ${name} is longer than ${Math.round(maxBytes / 2 ** 20)} MB.`);

export const isPage = (contentType: string): boolean => /html/i.test(contentType);

/** @throws {ProviderError} 'changed': a web page, nothing, or no JSON. */
export function parseJson(name: string, bytes: Buffer, contentType: string): unknown {
  const text = bytes.toString('utf8').trim(); // of a byte order mark too
  if (isPage(contentType) || text.startsWith('<')) {
    throw new ProviderError('changed', `${name} answered with a web page instead of data; a proxy or sign-in page?`);
  }
  if (text === '') throw new ProviderError('changed', `${name} answered with nothing.`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ProviderError('changed', `${name} answered with something that is not JSON, or with half of it.`);
  }
}
