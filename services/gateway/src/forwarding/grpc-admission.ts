import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { Inject, Injectable } from '@nestjs/common';
import { readAccess } from '@noema/auth';
import { hostedByMany, services } from '@noema/contracts';
import { SessionService } from '@noema/contracts/noema/gateway/v1/session_service';
import { Access } from '@noema/contracts/noema/type/v1/access';
import { type AdmittedCall, type ArrivingCall, decodeRequest, type Forwarding } from '@noema/grpc';
import { SETTINGS } from '@noema/host';
import { RateLimits } from '@noema/kernel';
import type { GatewayConfig } from '../config.js';
import { CallerAuthorization } from '../credential/caller-authorization.js';
import { InFlight } from '../request/in-flight.js';
import { findOwner, Upstreams } from '../upstream/upstreams.js';

/**
 * Admits gRPC calls under the rules of REST requests: API key or token, rate and places of the team. The services
 * check roles.
 */
@Injectable()
export class GrpcAdmission implements Forwarding {
  /** All services except sessions, which are cookies of browsers. */
  readonly services: readonly DescService[] = services.filter((service) => service !== SessionService);

  /** Deadline of a unary call whose caller sets none. */
  readonly timeoutMs: number;

  constructor(
    @Inject(SETTINGS) { requestTimeoutMs }: Pick<GatewayConfig, 'requestTimeoutMs'>,
    @Inject(Upstreams) private readonly upstreams: Upstreams,
    @Inject(CallerAuthorization) private readonly callers: CallerAuthorization,
    @Inject(InFlight) private readonly inFlight: InFlight,
    @Inject(RateLimits) private readonly rates: RateLimits,
  ) {
    this.timeoutMs = requestTimeoutMs;
  }

  async admit(method: DescMethod, call: ArrivingCall): Promise<AdmittedCall> {
    const { upstreams, callers, inFlight } = this;
    const { authorization, request } = call;
    const ends = [inFlight.enter()];
    const end = (): void => {
      for (const leave of ends) leave();
    };
    try {
      // Jobs and artifacts are of the service that the request names; other messages stay encoded.
      const named = hostedByMany.has(method.parent) ? await decodeRequest(method.input, request) : undefined;
      const connection = upstreams.connection(
        findOwner(method, () => {
          if (named === undefined) throw new Error(`${method.toString()} has one host`);
          return named;
        }),
      );
      const refused = (): void => {
        callers.refused(authorization);
      };
      if (readAccess(method) === Access.PUBLIC) return { connection, authorization: undefined, end, refused };
      const caller = await callers.verified(authorization);
      const { teamId, role, requestsPerMinute } = caller.principal;
      const refusal = role === 'service' ? undefined : this.rates.take(teamId, requestsPerMinute)?.refusal;
      if (refusal !== undefined) await inFlight.refuse(teamId, refusal, call);
      ends.push(await inFlight.enterFor(teamId, call));
      if (method.methodKind === 'unary') ends.push(await inFlight.takeTurn(teamId, call));
      return { connection, authorization: caller.authorization, end, refused };
    } catch (error) {
      end();
      throw error;
    }
  }
}
