import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import { Transcoder } from './transcoder.js';

/** Takes every request below /v1; nothing after it sees them. */
@Injectable()
export class TranscodingMiddleware implements NestMiddleware<IncomingMessage, ServerResponse> {
  constructor(@Inject(Transcoder) private readonly transcoder: Transcoder) {}

  use(req: IncomingMessage & { readonly originalUrl?: string }, res: ServerResponse): void {
    if (req.originalUrl !== undefined) req.url = req.originalUrl;
    void this.transcoder.answer(req, res);
  }
}
