import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { routeUnknown } from '../http/http.errors.js';
import { Page } from './page.js';
import { PageFile } from './page-file.js';
import { newNonce, PageIndex } from './page-index.js';
import { noteRoute } from '../request/request-scope.js';

/**
 * Allows only our own files as scripts, only style elements that carry the nonce of the answer, which our
 * scripts know, and any style attribute.
 */
const formatPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src-elem 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

const TEXT = { mediaType: 'text/html; charset=utf-8', cache: 'no-cache' };
const UNBUILT = new PageFile({
  ...TEXT,
  bytes: Buffer.from(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" ' +
      'content="width=device-width"><meta name="color-scheme" content="light dark"><title>Noema</title>' +
      '</head><body>\n' +
      '<h1>Noema</h1><p>The gateway runs; the page is not built. Run <code>make build</code> and start ' +
      'Noema again, or set <code>NOEMA_PAGE_DIR</code> to a built page.</p>\n' +
      '<p><a href="/openapi.json">openapi.json</a> describes every route, <a href="/readyz">readyz</a> ' +
      'says which services answer. Programs sign in with <code>Authorization: Bearer &lt;api ' +
      'key&gt;</code>.</p></body></html>\n',
  ),
});

/** Serves the page: its files, and its index at every address that a person opens. */
@Controller()
export class PageController {
  /** `page` is `undefined` if the gateway serves none. */
  constructor(@Inject(Page) private readonly page: Page | undefined) {}

  @Get(['/', '{*path}'])
  async get(@Req() req: IncomingMessage, @Res() res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    const file = this.page?.find(path) ?? this.indexFor(path, req);
    if (file === undefined) throw routeUnknown(req.method ?? 'GET', path);
    noteRoute(req, 'page');
    const nonce = newNonce();
    res.setHeader('content-security-policy', formatPolicy(nonce));
    if (file instanceof PageIndex) file.answer(req, res, nonce);
    else await file.answer(req, res);
  }

  /**
   * Returns the index to browsers, which name text/html in `accept`; other programs get a 404 for an unknown
   * path.
   */
  private indexFor(path: string, req: IncomingMessage): PageFile | PageIndex | undefined {
    if (this.page === undefined) return path === '/' ? UNBUILT : undefined;
    const person = path === '/' || req.headers.accept?.includes('text/html') === true;
    return person && !path.startsWith('/assets/') ? this.page.index : undefined;
  }
}
