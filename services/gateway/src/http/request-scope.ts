import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Logger, runInSpan, runWithFields } from '@noema/observability';

const ID = /^[\w.:-]{1,128}$/;
const ids = new WeakMap<IncomingMessage, string>();

/** The id of a request: the caller's `x-request-id` when it has the form of one, else a new one. */
export function requestIdOf(req: IncomingMessage): string {
  const given = req.headers['x-request-id'];
  const id = ids.get(req) ?? (typeof given === 'string' && ID.test(given) ? given : randomUUID());
  ids.set(req, id);
  return id;
}

/** Gives everything that a request causes its id and its trace, and writes one line when it is answered. */
export function inRequestScope(logger: Logger, req: IncomingMessage, res: ServerResponse, work: () => void): void {
  const id = requestIdOf(req);
  const startMs = performance.now();
  res.setHeader('x-request-id', id);
  runInSpan(traceparentOf(req), () => {
    runWithFields({ request_id: id }, () => {
      res.once('close', () => {
        const line = { method: req.method, path: (req.url ?? '').split('?')[0], status: res.statusCode, ms: Math.round(performance.now() - startMs), complete: res.writableFinished };
        if (res.statusCode >= 500) logger.warn(line, 'answered');
        else logger.debug(line, 'answered');
      });
      work();
    });
  });
}

const traceparentOf = (req: IncomingMessage): string | undefined => {
  const header = req.headers['traceparent'];
  return typeof header === 'string' ? header : undefined;
};
