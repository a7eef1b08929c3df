import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { acceptedCodings, type ContentCoding, packWell } from '../http/content-coding.js';

export interface PageFileOptions {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** The header `cache-control`. */
  readonly cache: string;
  /** The bytes as the build packed them by Brotli. */
  readonly brotli?: Uint8Array | undefined;
}

/** Size below which compression saves nothing. */
const SMALL_BYTES = 1024;
const PACKABLE = /^(text\/|application\/(javascript|json)|image\/svg)/;

/** A file that is sent unchanged to every client; packed once, by the build or for the first request. */
export class PageFile {
  private readonly hash: string;
  private readonly packed = new Map<ContentCoding, Promise<Uint8Array>>();

  constructor(private readonly options: PageFileOptions) {
    this.hash = createHash('sha256').update(options.bytes).digest('base64url').slice(0, 27);
    if (options.brotli !== undefined) this.packed.set('br', Promise.resolve(options.brotli));
  }

  /** Answers GET and HEAD, with ETag and 304. */
  async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { bytes, mediaType, cache } = this.options;
    const coding = this.isPackable() ? acceptedCodings(req)[0] : undefined;
    const etag = `"${this.hash}${coding === undefined ? '' : `-${coding}`}"`;
    res.setHeader('etag', etag);
    res.setHeader('cache-control', cache);
    res.setHeader('vary', 'accept-encoding');
    if (req.headers['if-none-match']?.split(',').some((tag) => tag.trim() === etag) === true) {
      res.statusCode = 304;
      res.end();
      return;
    }
    const sent = coding === undefined ? bytes : await this.pack(coding);
    if (coding !== undefined) res.setHeader('content-encoding', coding);
    res.setHeader('content-type', mediaType);
    res.setHeader('content-length', sent.byteLength);
    res.end(req.method === 'HEAD' ? undefined : sent);
  }

  private isPackable(): boolean {
    return this.options.bytes.byteLength >= SMALL_BYTES && PACKABLE.test(this.options.mediaType);
  }

  private pack(coding: ContentCoding): Promise<Uint8Array> {
    const known = this.packed.get(coding);
    if (known !== undefined) return known;
    const made = packWell(this.options.bytes, coding);
    this.packed.set(coding, made);
    return made;
  }
}
