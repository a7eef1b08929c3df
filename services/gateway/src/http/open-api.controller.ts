import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { OPEN_API_DOCUMENT, type OpenApiDocument } from '../openapi/open-api.document.js';

/** The description of every route, made once from the protos. */
@Controller()
export class OpenApiController {
  private readonly text: string;
  private readonly etag: string;

  constructor(@Inject(OPEN_API_DOCUMENT) document: OpenApiDocument) {
    this.text = JSON.stringify(document);
    this.etag = `"${createHash('sha256').update(this.text).digest('base64url')}"`;
  }

  @Get('openapi.json')
  get(@Req() req: IncomingMessage, @Res() res: ServerResponse): void {
    res.setHeader('etag', this.etag);
    res.setHeader('cache-control', 'no-cache');
    res.setHeader('content-type', 'application/json; charset=utf-8');
    if (req.headers['if-none-match'] === this.etag) {
      res.statusCode = 304;
      res.end();
    } else res.end(req.method === 'HEAD' ? undefined : this.text);
  }
}
