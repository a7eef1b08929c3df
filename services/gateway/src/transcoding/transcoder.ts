import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DescMethod } from '@bufbuild/protobuf';
import { Inject, Injectable } from '@nestjs/common';
import { readAccess } from '@noema/auth';
import { Access } from '@noema/contracts/noema/type/v1/access';
import { SETTINGS } from '@noema/host';
import { bindRequest, isBytes, type Route, RouteTable } from '@noema/rest';
import type { GatewayConfig } from '../config.js';
import { routeUnknown } from '../http/http.errors.js';
import { headerInvalid, verbNotAllowed } from './transcoding.errors.js';
import { InFlight } from '../request/in-flight.js';
import { Upstreams } from '../upstream/upstreams.js';
import { answerBytes } from './bytes-answer.js';
import { readJsonBody } from './json-body.js';
import { type AdmittedCaller, HttpAdmission } from '../request/http-admission.js';
import { noteRoute, findRequestId } from '../request/request-scope.js';
import { SessionEndpoint } from '../session/session.endpoint.js';
import { answerStream } from './stream-answer.js';
import { answerUnary } from './unary-answer.js';

/**
 * Maximum number of values in a body with free-form JSON. Each is converted several times on the way to its
 * service, so a million would hold up all callers for seconds.
 */
const MAX_FREE_VALUES = 250_000;

/** Responds to a REST request by calling the RPC of its route. */
@Injectable()
export class Transcoder {
  constructor(
    @Inject(SETTINGS) private readonly config: GatewayConfig,
    @Inject(RouteTable) private readonly routes: RouteTable,
    @Inject(Upstreams) private readonly upstreams: Upstreams,
    @Inject(SessionEndpoint) private readonly sessions: SessionEndpoint,
    @Inject(InFlight) private readonly inFlight: InFlight,
    @Inject(HttpAdmission) private readonly admission: HttpAdmission,
  ) {}

  /** Never rejects: a failure becomes a problem document. */
  answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    return this.admission.answer(req, res, (left) => this.transcode(req, res, left));
  }

  private async transcode(req: IncomingMessage, res: ServerResponse, left: AbortSignal): Promise<void> {
    const { routes, upstreams, sessions, config, inFlight } = this;
    const verb = req.method ?? 'GET';
    const { pathname, query } = splitTarget(req.url ?? '/');
    const match = routes.match(verb, pathname);
    if (match.found === 'nothing') throw routeUnknown(verb, pathname);
    if (match.found === 'verb') throw verbNotAllowed(verb, pathname, match.allowed);
    const { route, variables } = match;
    noteRoute(req, route.template.text, { stream: isStream(route) });
    const timeoutMs = this.readTimeout(req);
    const isPublic = readAccess(route.method) === Access.PUBLIC;
    const { authorization, teamId } = isPublic ? NOBODY : await this.admission.authorize(req, res, left);
    const ends = teamId === undefined ? [] : [await inFlight.enterFor(teamId, { signal: left })];
    try {
      const body = await readJsonBody(req, {
        limitBytes: config.bodyLimitBytes,
        timeoutMs: config.bodyTimeoutMs,
        maxValues: takesFreeForm(route.method) ? MAX_FREE_VALUES : undefined,
      });
      const request = bindRequest(route, { variables, query, body });
      const headers = {
        'x-request-id': findRequestId(req),
        ...(authorization === undefined ? {} : { authorization }),
      };
      if (!isStream(route)) {
        if (teamId !== undefined) ends.push(await inFlight.takeTurn(teamId, { signal: left, timeoutMs }));
        const call = { signal: left, timeoutMs, headers };
        await answerUnary(
          req,
          res,
          route,
          await (sessions.owns(route.method)
            ? sessions.answer(req, res, { method: route.method, request, call })
            : upstreams.call(route.method, request, call)),
        );
        return;
      }
      const signal = AbortSignal.any([left, inFlight.draining]);
      const messages = upstreams.stream(route.method, request, {
        signal,
        timeoutMs: req.headers['x-timeout-ms'] === undefined ? undefined : timeoutMs,
        headers,
      });
      if (isBytes(route)) await answerBytes(req, res, route, messages, config.stallMs);
      else
        await answerStream(req, res, route, messages, {
          heartbeatMs: config.heartbeatMs,
          stallMs: config.stallMs,
          draining: inFlight.draining,
          failed: (error) => {
            this.admission.failed(error);
          },
        });
    } finally {
      for (const end of ends) end();
    }
  }

  /** The deadline that the caller names in `x-timeout-ms`, at most the operator's. */
  private readTimeout(req: IncomingMessage): number {
    const { requestTimeoutMs, requestTimeoutMaxMs } = this.config;
    const given = req.headers['x-timeout-ms'];
    if (given === undefined) return requestTimeoutMs;
    const asked = String(given);
    if (!/^[1-9]\d{0,8}$/.test(asked))
      throw headerInvalid('x-timeout-ms', asked, 'a whole number of milliseconds above 0');
    return Math.min(Number(asked), requestTimeoutMaxMs);
  }
}

/** The caller of an RPC that needs no credentials. */
const NOBODY: Partial<AdmittedCaller> = {};

/** Whether a request has a field of any JSON, such as the topology of a model. */
const takesFreeForm = ({ input }: DescMethod): boolean =>
  input.fields.some(({ message }) => message?.typeName === 'google.protobuf.Struct');

const isStream = (route: Route): boolean => route.method.methodKind === 'server_streaming';

function splitTarget(target: string): { pathname: string; query: URLSearchParams } {
  const at = target.indexOf('?');
  return at < 0
    ? { pathname: target, query: new URLSearchParams() }
    : { pathname: target.slice(0, at), query: new URLSearchParams(target.slice(at + 1)) };
}
