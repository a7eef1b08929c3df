import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Message } from '@bufbuild/protobuf';
import { encodeResponse, type Route } from '@noema/rest';
import { keepForever, keepUntilChanged } from './cache-headers.js';
import { acceptedCodings, packFast } from '../http/content-coding.js';

/** About what fits into one packet. */
const WORTH_PACKING_BYTES = 1024;

/**
 * Answers with proto3 JSON, or with the bytes of a picture under its media type. A client may keep a picture that
 * it requested by GET, and it is not sent twice. Only a response with an `etag` never changes; a client requests
 * others again.
 */
export async function answerUnary(
  req: IncomingMessage,
  res: ServerResponse,
  route: Route,
  message: Message,
): Promise<void> {
  const content = encodeResponse(route, message);
  if (content.kind === 'json') {
    await sendJson(req, res, Buffer.from(content.text));
    return;
  }
  const etag = `"${content.etag === '' ? createHash('sha256').update(content.bytes).digest('hex') : content.etag}"`;
  res.setHeader('etag', etag);
  const isImmutable = route.method.output.fields.some(({ name }) => name === 'etag');
  if (route.verb === 'GET') (isImmutable ? keepForever : keepUntilChanged)(res);
  if (route.verb === 'GET' && matches(req.headers['if-none-match'], etag)) {
    res.statusCode = 304;
    res.end();
    return;
  }
  res.setHeader('content-type', content.mediaType);
  send(req, res, content.bytes);
}

async function sendJson(req: IncomingMessage, res: ServerResponse, json: Buffer): Promise<void> {
  res.setHeader('content-type', 'application/json; charset=utf-8');
  res.setHeader('vary', 'accept-encoding');
  if (json.length < WORTH_PACKING_BYTES || req.method === 'HEAD' || !acceptedCodings(req).includes('gzip')) {
    send(req, res, json);
    return;
  }
  res.setHeader('content-encoding', 'gzip');
  send(req, res, await packFast(json));
}

function send(req: IncomingMessage, res: ServerResponse, bytes: Uint8Array): void {
  res.setHeader('content-length', bytes.byteLength);
  res.end(req.method === 'HEAD' ? undefined : bytes);
}

const matches = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
