import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DomainError } from '@noema/kernel';
import { currentSpan, type Logger, openSpan, type OpenSpan, runWithFields } from '@noema/observability';
import { activeRequests, countRequest } from './request.metrics.js';

const ID = /^[\w.:-]{1,128}$/;

/** Info about a request for its line in the log, its metrics and its span. */
interface RequestInfo {
  readonly id: string;
  traceId: string;
  /** Template of its route; what belongs to no RPC shares a few names. */
  route: string;
  stream: boolean;
  teamId?: string;
  subject?: string;
  /** Why it was refused. */
  fault?: DomainError;
}

const known = new WeakMap<IncomingMessage, RequestInfo>();

function findInfo(req: IncomingMessage): RequestInfo {
  const found = known.get(req);
  if (found !== undefined) return found;
  const given = req.headers['x-request-id'];
  const facts: RequestInfo = {
    id: typeof given === 'string' && ID.test(given) ? given : randomUUID(),
    traceId: '',
    route: 'other',
    stream: false,
  };
  known.set(req, facts);
  return facts;
}

/** The id of a request: the caller's `x-request-id` when it has the form of one, else a new one. */
export const findRequestId = (req: IncomingMessage): string => findInfo(req).id;

/** The id of the trace that a request belongs to; empty outside of its scope. */
export const findTraceId = (req: IncomingMessage): string => findInfo(req).traceId;

/** Notes which route a request took. */
export function noteRoute(req: IncomingMessage, route: string, { stream = false } = {}): void {
  Object.assign(findInfo(req), { route, stream });
}

/** Notes whose credentials a request had. */
export function noteCaller(
  req: IncomingMessage,
  { teamId, subject }: { readonly teamId: string; readonly subject: string },
): void {
  Object.assign(findInfo(req), { teamId, subject });
}

/** Notes why a request was refused. */
export function noteFault(req: IncomingMessage, fault: DomainError): void {
  findInfo(req).fault = fault;
}

/**
 * Gives everything that a request causes its id and its trace; writes one line, without its query, when it is
 * answered.
 */
export function inRequestScope(
  logger: Logger,
  req: IncomingMessage,
  res: ServerResponse,
  work: () => void,
): void {
  const facts = findInfo(req);
  const startMs = performance.now();
  const method = req.method ?? 'GET';
  res.setHeader('x-request-id', facts.id);
  const span = openSpan(`${method} request`, {
    role: 'server',
    service: 'gateway',
    parent: readTraceparent(req),
    attributes: { 'http.request.method': method },
  });
  activeRequests.inc();
  span.run(() =>
    runWithFields({ request_id: facts.id }, () => {
      facts.traceId = currentSpan()?.traceId ?? '';
      res.once('close', () => {
        activeRequests.dec();
        const ms = performance.now() - startMs;
        countRequest({ method, route: facts.route, status: res.statusCode, ms, stream: facts.stream });
        conclude(span, method, facts, res.statusCode);
        span.run(() =>
          runWithFields({ request_id: facts.id }, () => {
            tell(logger, req, res, ms);
          }),
        );
      });
      work();
    }),
  );
}

function conclude(span: OpenSpan, method: string, { route, id, fault }: RequestInfo, status: number): void {
  span.rename(`${method} ${route}`);
  span.set({ 'http.route': route, 'http.response.status_code': status, 'noema.request.id': id });
  if (status >= 500) span.fail(fault);
  span.end();
}

/**
 * Requests of the API at info, faults of ours at warn; the files of the page and the questions of probes only
 * when somebody debugs.
 */
function tell(logger: Logger, req: IncomingMessage, res: ServerResponse, ms: number): void {
  const { route, teamId, subject, fault } = findInfo(req);
  const line = {
    method: req.method,
    route,
    path: (req.url ?? '').split('?')[0],
    status: res.statusCode,
    ms: Math.round(ms),
    complete: res.writableFinished,
    ...(teamId !== undefined && { team_id: teamId, subject }),
    ...(fault !== undefined && { reason: fault.reason }),
  };
  if (res.statusCode >= 500) logger.warn(line, 'answered');
  else if (route.startsWith('/v1/')) logger.info(line, 'answered');
  else logger.debug(line, 'answered');
}

const readTraceparent = (req: IncomingMessage): string | undefined => {
  const header = req.headers['traceparent'];
  return typeof header === 'string' ? header : undefined;
};
