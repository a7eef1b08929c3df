import { type DescMethod, type DescService, fromBinary, type Message } from '@bufbuild/protobuf';
import { readAccess } from '@noema/auth';
import { hostedByMany, services } from '@noema/contracts';
import { SessionService } from '@noema/contracts/noema/gateway/v1/session_service';
import { Access } from '@noema/contracts/noema/type/v1/access';
import type { AdmittedCall, ArrivingCall, Forwarding } from '@noema/grpc';
import { DomainError, type RateLimits } from '@noema/kernel';
import type { CallerAuthorization } from '../credential/caller-authorization.js';
import type { InFlight } from '../request/in-flight.js';
import { ownerOf, type Upstreams } from '../upstream/upstreams.js';

export interface AdmissionParts {
  readonly upstreams: Upstreams;
  readonly callers: CallerAuthorization;
  readonly inFlight: InFlight;
  readonly rates: RateLimits;
  readonly timeoutMs: number;
}

/**
 * Lets gRPC calls through the gateway on the terms of REST requests: API key or token, rate and places of the
 * team; the services check roles.
 */
export class GrpcAdmission implements Forwarding {
  /** All but sessions, which are cookies of browsers. */
  readonly services: readonly DescService[] = services.filter((service) => service !== SessionService);

  constructor(private readonly parts: AdmissionParts) {}

  get timeoutMs(): number {
    return this.parts.timeoutMs;
  }

  async admit(
    method: DescMethod,
    { authorization, request, timeoutMs, signal }: ArrivingCall,
  ): Promise<AdmittedCall> {
    const { upstreams, callers, inFlight } = this.parts;
    const ends = [inFlight.enter()];
    const end = (): void => {
      for (const leave of ends) leave();
    };
    try {
      const connection = upstreams.connection(ownerOf(method, () => decode(method, request)));
      const refused = (): void => {
        callers.refused(authorization);
      };
      if (readAccess(method) === Access.PUBLIC) return { connection, authorization: undefined, end, refused };
      const caller = await callers.verified(authorization);
      const { teamId, role, requestsPerMinute } = caller.principal;
      const refusal =
        role === 'service' ? undefined : this.parts.rates.take(teamId, requestsPerMinute)?.refusal;
      if (refusal !== undefined) await inFlight.refuse(teamId, refusal, signal);
      ends.push(await inFlight.enterFor(teamId, signal));
      if (method.methodKind === 'unary') ends.push(await inFlight.turnOf(teamId, { signal, timeoutMs }));
      return { connection, authorization: caller.authorization, end, refused };
    } catch (error) {
      end();
      throw error;
    }
  }
}

/**
 * Jobs and artifacts are of the service that the request names; the messages of all other services stay
 * encoded.
 */
function decode(method: DescMethod, request: Uint8Array): Message {
  if (!hostedByMany.has(method.parent)) throw new Error(`${method.toString()} has one host`);
  try {
    return fromBinary(method.input, request);
  } catch (error) {
    throw new DomainError(
      'invalid',
      'REQUEST_UNREADABLE',
      `the request is no ${method.input.typeName}: ${String(error)}`,
      { cause: error },
    );
  }
}
