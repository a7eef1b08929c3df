import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Message } from '@bufbuild/protobuf';
import { readBytes, type Route } from '@noema/rest';
import { keepForever } from './cache-headers.js';
import { writePaced } from './paced-writing.js';

/**
 * Sends the pieces of a server stream as one body under the media type of the first, no faster than they are
 * read. A failure before the first piece is thrown; a later one cuts the connection, so that the reader does
 * not take a part for the whole.
 */
export async function answerBytes(
  req: IncomingMessage,
  res: ServerResponse,
  route: Route,
  messages: AsyncIterable<Message>,
  stallMs: number,
): Promise<void> {
  const open = (mediaType: string): void => {
    if (res.headersSent) return;
    keepForever(res);
    res.setHeader('content-type', mediaType);
    res.setHeader('x-accel-buffering', 'no');
    res.flushHeaders();
  };
  try {
    for await (const message of messages) {
      if (res.destroyed) return; // leaving the loop cancels the call
      const { mediaType, bytes } = readBytes(route, message);
      open(mediaType);
      if (req.method === 'HEAD') break;
      await writePaced(res, bytes, stallMs);
    }
    open('application/octet-stream');
    res.end();
  } catch (error) {
    if (!res.headersSent) throw error;
    res.destroy();
  }
}
