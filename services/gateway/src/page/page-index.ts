import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Placeholder of the nonce in the index; `apps/web/index.html` and `deploy/docker/web/nginx.conf` name it
 * too.
 */
const PLACEHOLDER = '{{nonce}}';

/** Returns 16 random bytes in hexadecimal digits, for one answer alone. */
export const newNonce = (): string => randomBytes(16).toString('hex');

/**
 * The index of the page, which names the nonce of the policy that it is sent with. It is written anew for
 * each answer and has no ETag: after a 304 a browser would hold the new policy against the nonce of the index
 * that it kept.
 */
export class PageIndex {
  private readonly pieces: readonly string[];

  constructor(html: string) {
    this.pieces = html.split(PLACEHOLDER);
  }

  /** Answers GET and HEAD. */
  answer(req: IncomingMessage, res: ServerResponse, nonce: string): void {
    const sent = Buffer.from(this.pieces.join(nonce));
    res.setHeader('cache-control', 'no-cache');
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.setHeader('content-length', sent.byteLength);
    res.end(req.method === 'HEAD' ? undefined : sent);
  }
}
