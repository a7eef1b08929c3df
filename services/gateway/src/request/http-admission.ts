import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { asDomainError, DomainError, RateLimits } from '@noema/kernel';
import type { Logger } from '@noema/observability';
import { RequestCredentials } from '../credential/request-credentials.js';
import { answerProblem } from '../http/problem-answer.js';
import { LOGGER } from '../tokens.js';
import { InFlight } from './in-flight.js';
import { limitRate } from './rate-limit.js';
import { findTraceId } from './request-scope.js';

/** A caller with a valid token whose team is below its rate. */
export interface AdmittedCaller {
  readonly authorization: string | undefined;
  readonly teamId: string;
}

/** Admits HTTP requests: places in flight, credentials, rate of the team; a failure becomes a problem document. */
@Injectable()
export class HttpAdmission {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(RequestCredentials) private readonly credentials: RequestCredentials,
    @Inject(InFlight) private readonly inFlight: InFlight,
    @Inject(RateLimits) private readonly rates: RateLimits,
  ) {}

  /** Runs the work of a request, with a signal that aborts when the caller disconnects. Never rejects. */
  async answer(
    req: IncomingMessage,
    res: ServerResponse,
    work: (left: AbortSignal) => Promise<void>,
  ): Promise<void> {
    res.setHeader('x-trace-id', findTraceId(req));
    let leave: (() => void) | undefined;
    const caller = new AbortController();
    const left = (): void => {
      caller.abort(new DomainError('cancelled', 'CANCELLED', 'the caller left'));
    };
    res.once('close', left);
    try {
      leave = this.inFlight.enter();
      await work(caller.signal);
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

  /**
   * Rejects a caller without a valid token, or of a team above its rate, before the body is read; the services
   * check both again.
   */
  async authorize(req: IncomingMessage, res: ServerResponse, left: AbortSignal): Promise<AdmittedCaller> {
    const { authorization, principal } = await this.credentials.authorize(req, res);
    const refusal = limitRate(this.rates, principal, res);
    if (refusal !== undefined) await this.inFlight.refuse(principal.teamId, refusal, { signal: left });
    return { authorization, teamId: principal.teamId };
  }

  failed(thrown: unknown): void {
    this.logger.error({ err: thrown }, 'a request failed for a reason that its caller does not see');
  }
}
