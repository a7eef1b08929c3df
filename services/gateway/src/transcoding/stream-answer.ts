import type { IncomingMessage, ServerResponse } from 'node:http';
import { getOption, type Message } from '@bufbuild/protobuf';
import { Resume, resume } from '@noema/contracts/noema/type/v1/resume';
import { asDomainError } from '@noema/kernel';
import { encodeEvent, EVENT_STREAM, HEARTBEAT, jsonText, type Route } from '@noema/rest';
import { writePaced } from './paced-writing.js';
import { problemDocument } from '../http/problem-answer.js';

export interface StreamOptions {
  readonly heartbeatMs: number;
  readonly stallMs: number;
  /**
   * Aborts when the gateway drains: the stream breaks off without an end, so that its reader goes on
   * elsewhere.
   */
  readonly draining: AbortSignal;
  /** Hears of a failure whose cause the reader does not see. */
  readonly failed: (error: unknown) => void;
}

/**
 * Sends the messages of a server stream as events, no faster than they are read, with a comment now and then.
 * A failure before the first event is thrown; a later one is sent as the event `problem`. `Last-Event-ID`
 * goes on where a stream broke.
 */
export async function answerStream(
  req: IncomingMessage,
  res: ServerResponse,
  route: Route,
  messages: AsyncIterable<Message>,
  options: StreamOptions,
): Promise<void> {
  const { method } = route;
  const lastId = lastEventId(req);
  const skip = getOption(method, resume) === Resume.SEQUENCE ? lastId : 0;
  let id = skip > 0 ? 0 : lastId;
  const heartbeat = setInterval(() => {
    open(res);
    if (!res.writableNeedDrain) res.write(HEARTBEAT);
  }, options.heartbeatMs);
  try {
    for await (const message of messages) {
      if (res.destroyed) return; // leaving the loop cancels the call
      if (++id <= skip) continue;
      open(res);
      await writePaced(
        res,
        encodeEvent({ id: String(id), data: jsonText(method.output, message) }),
        options.stallMs,
      );
    }
    open(res);
    res.end(encodeEvent({ event: 'end', data: '{}' }));
  } catch (error) {
    if (!res.headersSent) throw error;
    if (options.draining.aborted || res.destroyed) res.end();
    else {
      if (asDomainError(error).kind === 'internal') options.failed(error);
      res.end(encodeEvent({ event: 'problem', data: problemDocument(asDomainError(error), req) }));
    }
  } finally {
    clearInterval(heartbeat);
  }
}

function open(res: ServerResponse): void {
  if (res.headersSent) return;
  res.writeHead(200, {
    'content-type': EVENT_STREAM,
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  res.flushHeaders();
}

const lastEventId = (req: IncomingMessage): number => {
  const header = req.headers['last-event-id'];
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : 0;
};
