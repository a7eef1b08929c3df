import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { OPEN_API_DOCUMENT, type OpenApiDocument } from './open-api.document.js';
import { PageFile } from '../page/page-file.js';

/** The description of every route, made once from the protos. */
@Controller()
export class OpenApiController {
  private readonly file: PageFile;

  constructor(@Inject(OPEN_API_DOCUMENT) document: OpenApiDocument) {
    this.file = new PageFile({
      bytes: Buffer.from(JSON.stringify(document)),
      mediaType: 'application/json; charset=utf-8',
      cache: 'no-cache',
    });
  }

  @Get('openapi.json')
  get(@Req() req: IncomingMessage, @Res() res: ServerResponse): Promise<void> {
    return this.file.answer(req, res);
  }
}
