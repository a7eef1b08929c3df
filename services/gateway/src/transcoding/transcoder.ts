import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DescMethod } from '@bufbuild/protobuf';
import { Inject, Injectable } from '@nestjs/common';
import { readAccess } from '@noema/auth';
import { Access } from '@noema/contracts/noema/type/v1/access';
import { SETTINGS } from '@noema/host';
import { asDomainError, DomainError, RateLimits } from '@noema/kernel';
import type { Logger } from '@noema/observability';
import { bindRequest, isBytes, type Route, RouteTable } from '@noema/rest';
import type { GatewayConfig } from '../config.js';
import { LOGGER } from '../tokens.js';
import { routeUnknown } from '../http/http.errors.js';
import { headerInvalid, verbNotAllowed } from './transcoding.errors.js';
import { InFlight } from '../request/in-flight.js';
import { Upstreams } from '../upstream/upstreams.js';
import { answerBytes } from './bytes-answer.js';
import { RequestCredentials } from '../credential/request-credentials.js';
import { readJsonBody } from './json-body.js';
import { answerProblem } from '../http/problem-answer.js';
import { limitRate } from './rate-limit.js';
import { noteRoute, requestIdOf, traceIdOf } from '../request/request-scope.js';
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
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(RouteTable) private readonly routes: RouteTable,
    @Inject(Upstreams) private readonly upstreams: Upstreams,
    @Inject(RequestCredentials) private readonly credentials: RequestCredentials,
    @Inject(SessionEndpoint) private readonly sessions: SessionEndpoint,
    @Inject(InFlight) private readonly inFlight: InFlight,
    @Inject(RateLimits) private readonly rates: RateLimits,
  ) {}

  /** Never rejects: a failure becomes a problem document. */
  async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { inFlight } = this;
    res.setHeader('x-trace-id', traceIdOf(req));
    let leave: (() => void) | undefined;
    const caller = new AbortController();
    const left = (): void => {
      caller.abort(new DomainError('cancelled', 'CANCELLED', 'the caller left'));
    };
    res.once('close', left);
    try {
      leave = inFlight.enter();
      await this.transcode(req, res, caller.signal);
    } catch (thrown) {
      const error = asDomainError(thrown);
      if (error.kind === 'internal') this.failed(thrown);
      if (error.kind === 'unauthenticated') this.credentials.refused(req);
      answerProblem(req, res, error);
    } finally {
      res.off('close', left);
      leave?.();
    }
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
    const timeoutMs = this.timeoutOf(req);
    const { authorization, teamId } = await this.authorizationFor(route.method, { req, res, left });
    const ends = teamId === undefined ? [] : [await inFlight.enterFor(teamId, { signal: left })];
    try {
      const body = await readJsonBody(req, {
        limitBytes: config.bodyLimitBytes,
        timeoutMs: config.bodyTimeoutMs,
        maxValues: takesFreeForm(route.method) ? MAX_FREE_VALUES : undefined,
      });
      const request = bindRequest(route, { variables, query, body });
      const headers = {
        'x-request-id': requestIdOf(req),
        ...(authorization === undefined ? {} : { authorization }),
      };
      if (!isStream(route)) {
        if (teamId !== undefined) ends.push(await inFlight.turnOf(teamId, { signal: left, timeoutMs }));
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
            this.failed(error);
          },
        });
    } finally {
      for (const end of ends) end();
    }
  }

  private failed(thrown: unknown): void {
    this.logger.error({ err: thrown }, 'a request failed for a reason that its caller does not see');
  }

  /**
   * Rejects a caller without a valid token, or of a team above its rate, before the body is read; the services
   * check both again.
   */
  private async authorizationFor(
    method: DescMethod,
    {
      req,
      res,
      left,
    }: { readonly req: IncomingMessage; readonly res: ServerResponse; readonly left: AbortSignal },
  ): Promise<{ readonly authorization?: string | undefined; readonly teamId?: string }> {
    if (readAccess(method) === Access.PUBLIC) return {};
    const { authorization, principal } = await this.credentials.authorize(req, res);
    const refusal = limitRate(this.rates, principal, res);
    if (refusal !== undefined) await this.inFlight.refuse(principal.teamId, refusal, { signal: left });
    return { authorization, teamId: principal.teamId };
  }

  /** The deadline that the caller names in `x-timeout-ms`, at most the operator's. */
  private timeoutOf(req: IncomingMessage): number {
    const { requestTimeoutMs, requestTimeoutMaxMs } = this.config;
    const given = req.headers['x-timeout-ms'];
    if (given === undefined) return requestTimeoutMs;
    const asked = String(given);
    if (!/^[1-9]\d{0,8}$/.test(asked))
      throw headerInvalid('x-timeout-ms', asked, 'a whole number of milliseconds above 0');
    return Math.min(Number(asked), requestTimeoutMaxMs);
  }
}

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
