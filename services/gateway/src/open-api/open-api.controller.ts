import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { OPEN_API_DOCUMENT, type OpenApiDocument } from './open-api.document.js';
import { PageFile } from '../page/page-file.js';

/** The description of every route, made from the protos when it is first requested: most gateways never are. */
@Controller()
export class OpenApiController {
  private file: PageFile | undefined;

  constructor(@Inject(OPEN_API_DOCUMENT) private readonly document: () => OpenApiDocument) {}

  @Get('openapi.json')
  get(@Req() req: IncomingMessage, @Res() res: ServerResponse): Promise<void> {
    this.file ??= new PageFile({
      bytes: Buffer.from(JSON.stringify(this.document())),
      mediaType: 'application/json; charset=utf-8',
      cache: 'no-cache',
    });
    return this.file.answer(req, res);
  }
}
