import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { Inject, Injectable } from '@nestjs/common';
import { createAgentServer, EvaluationCache } from '@noema/agents';
import { SETTINGS } from '@noema/host';
import { FairSemaphore } from '@noema/kernel';
import type { GatewayConfig } from '../config.js';
import { readSource } from '../credential/same-origin.js';
import { HttpAdmission } from '../request/http-admission.js';
import { InFlight } from '../request/in-flight.js';
import { noteRoute, findRequestId } from '../request/request-scope.js';
import { readJsonBody } from '../transcoding/json-body.js';
import { verbNotAllowed } from '../transcoding/transcoding.errors.js';
import { Upstreams } from '../upstream/upstreams.js';
import { callTimedOut, messageInvalid, originForeign } from './agent.errors.js';
import { type AgentCaller, connectUpstreams } from './agent.platform.js';

export const AGENT_PATH = 'mcp';
const ALLOW_WRITES = 'noema-allow-writes';

/** Tools that run at the same time, of all teams; one team has at most half of them. */
const AT_ONCE = 4;
/** Largest population that a tool reads as a whole: some 100 MB for two runs. */
const MAX_ROWS = 100_000;
const BODY_BYTES = 262_144;
const BODY_VALUES = 10_000;

/**
 * The Model Context Protocol over HTTP, without sessions: each request has the caller's key or cookie and is answered
 * by a server of its own, so that any replica can answer the next one.
 */
@Injectable()
export class AgentEndpoint {
  private readonly turns = new FairSemaphore(AT_ONCE);
  private readonly cache = new EvaluationCache();

  constructor(
    @Inject(SETTINGS) private readonly config: Pick<GatewayConfig, 'requestTimeoutMaxMs' | 'bodyTimeoutMs'>,
    @Inject(HttpAdmission) private readonly admission: HttpAdmission,
    @Inject(InFlight) private readonly inFlight: InFlight,
    @Inject(Upstreams) private readonly upstreams: Upstreams,
  ) {}

  /** Never rejects: a failure becomes a problem document. */
  answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    noteRoute(req, `/${AGENT_PATH}`);
    return this.admission.answer(req, res, (left) => this.serve(req, res, left));
  }

  private async serve(req: IncomingMessage, res: ServerResponse, left: AbortSignal): Promise<void> {
    const { admission, inFlight, config } = this;
    if (req.method !== 'POST') throw verbNotAllowed(req.method ?? 'GET', `/${AGENT_PATH}`, ['POST']);
    if (readSource(req) === 'foreign') throw originForeign();
    const { authorization, teamId } = await admission.authorize(req, res, left);
    const leave = await inFlight.enterFor(teamId, { signal: left });
    try {
      const body = await readJsonBody(req, {
        limitBytes: BODY_BYTES,
        timeoutMs: config.bodyTimeoutMs,
        maxValues: BODY_VALUES,
      });
      if (typeof body !== 'object' || body === null || Array.isArray(body)) throw messageInvalid();
      const timeoutMs = config.requestTimeoutMaxMs;
      const headers = {
        'x-request-id': findRequestId(req),
        ...(authorization !== undefined && { authorization }),
      };
      const allowWrites = req.headers[ALLOW_WRITES] === 'true';
      const late = new AbortController();
      const timer = setTimeout(() => {
        late.abort(callTimedOut(timeoutMs));
      }, timeoutMs);
      const signal = AbortSignal.any([left, late.signal]);
      try {
        await this.exchange(req, res, { body, left }, { teamId, headers, signal, timeoutMs, allowWrites });
      } finally {
        clearTimeout(timer);
      }
    } catch (error) {
      // The SDK reports a closed connection, which is no fault of the gateway.
      left.throwIfAborted();
      throw error;
    } finally {
      leave();
    }
  }

  private async exchange(
    req: IncomingMessage,
    res: ServerResponse,
    { body: parsedBody, left: signal }: { readonly body: object; readonly left: AbortSignal },
    { allowWrites, ...caller }: AgentCaller & { readonly allowWrites: boolean },
  ): Promise<void> {
    const { admission, inFlight, upstreams } = this;
    const onerror = (error: unknown): void => {
      admission.failed(error);
    };
    const handler = createMcpHandler(
      () =>
        createAgentServer({
          connect: connectUpstreams(upstreams, inFlight, caller),
          allowWrites,
          maxRows: MAX_ROWS,
          cache: this.cache.forTeam(caller.teamId),
          signal: caller.signal,
          onError: onerror,
          schedule: (work) => this.inTurn(caller, work),
        }),
      { maxSubscriptions: 0 },
    );
    try {
      // Without the time limit: a late call gets an answer that reports it.
      const request = new Request(`http://localhost/${AGENT_PATH}`, {
        method: 'POST',
        headers: webHeaders(req),
        signal,
      });
      await sendResponse(res, await handler.fetch(request, { parsedBody }), signal);
    } finally {
      await handler.close();
    }
  }

  private async inTurn<T>({ teamId, signal }: AgentCaller, work: () => Promise<T>): Promise<T> {
    const end = await this.turns.take(teamId, signal);
    try {
      return await work();
    } finally {
      end();
    }
  }
}

/** Headers of the protocol; credentials stay here. */
function webHeaders(req: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers))
    if (typeof value === 'string' && /^(accept|content-type|mcp-[\w-]+)$/.test(name))
      headers.set(name, value);
  return headers;
}

async function sendResponse(res: ServerResponse, response: Response, signal: AbortSignal): Promise<void> {
  res.statusCode = response.status;
  for (const [name, value] of response.headers) res.setHeader(name, value);
  res.setHeader('cache-control', 'no-store');
  if (response.body === null) res.end();
  else await pipeline(Readable.fromWeb(response.body), res, { signal });
}
