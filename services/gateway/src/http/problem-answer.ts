import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DomainError } from '@noema/kernel';
import { PROBLEM_MEDIA_TYPE, toProblem } from '@noema/rest';
import { HttpRefusal } from './http.errors.js';
import { noteFault, findRequestId, findTraceId } from '../request/request-scope.js';

/** Time in which a peer that still sends may read the response before its connection is cut. */
const LINGER_MS = 10_000;

/** Returns the problem document of an error, with the ids of its request and its trace. */
export function problemDocument(error: DomainError, req: IncomingMessage): string {
  const problem = toProblem(error, error instanceof HttpRefusal ? error.status : undefined);
  return JSON.stringify({
    ...problem,
    instance: `urn:noema:request:${findRequestId(req)}`,
    trace_id: findTraceId(req),
  });
}

/** Responds with `application/problem+json` and the headers of its status. */
export function answerProblem(req: IncomingMessage, res: ServerResponse, error: DomainError): void {
  noteFault(req, error);
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const { status } = toProblem(error, error instanceof HttpRefusal ? error.status : undefined);
  const body = problemDocument(error, req);
  res.statusCode = status;
  res.setHeader('content-type', PROBLEM_MEDIA_TYPE);
  res.setHeader('content-length', Buffer.byteLength(body));
  if (status === 401) res.setHeader('www-authenticate', 'Bearer realm="noema"');
  if (status === 429 || status === 503)
    res.setHeader('retry-after', error.metadata['retry_after_seconds'] ?? '1');
  if (error.metadata['allow'] !== undefined) res.setHeader('allow', error.metadata['allow']);
  const text = req.method === 'HEAD' ? undefined : body;
  if (req.complete) res.end(text);
  else endAfterRequest(req, res, text);
}

/**
 * Sends the response at once, and ends it when the rest of the request was read and discarded, or after a
 * while. Node closes the connection with the end of the response, and a peer that still sends then fails with
 * EPIPE before it reads the response.
 */
function endAfterRequest(req: IncomingMessage, res: ServerResponse, text: string | undefined): void {
  res.setHeader('connection', 'close');
  if (text === undefined) res.flushHeaders();
  else res.write(text);
  const end = (): void => {
    clearTimeout(timer);
    res.end();
    if (!req.complete) req.destroy();
  };
  const timer = setTimeout(end, LINGER_MS);
  req.once('end', end).once('close', end).resume();
}
