import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { Health } from '@noema/contracts/grpc/health/v1/health';
import { ServerReflection } from '@noema/contracts/grpc/reflection/v1/reflection';
import {
  accessDenied,
  type Principal,
  type Role,
  findRoles,
  tokenMissing,
  type TokenVerifier,
} from '@noema/auth';
import type { Metadata } from '@grpc/grpc-js';
import { formatPath } from './codec.js';

/** Services that probes and debuggers call without a token. */
const OPEN: ReadonlySet<string> = new Set([Health.typeName, ServerReflection.typeName]);

/** Authorises calls by the access that each RPC declares. */
export class Authorization {
  private readonly roles = new Map<string, 'everybody' | readonly Role[]>();

  constructor(private readonly verifier: TokenVerifier) {}

  /** Registers a service. Throws if one of its RPCs declares no access: deny by default, at start-up. */
  add(service: DescService): void {
    for (const method of service.methods) {
      const roles = OPEN.has(service.typeName) ? 'everybody' : findRoles(method);
      if (roles === undefined) {
        throw new Error(
          `${formatPath(method)} declares no access, so the service does not start; add "option ` +
            '(noema.type.v1.access) = ACCESS_…;" to the RPC',
        );
      }
      this.roles.set(formatPath(method), roles);
    }
  }

  /** Returns the caller; `undefined` for a public RPC. Throws `unauthenticated` or `forbidden`. */
  async check(method: DescMethod, metadata: Metadata): Promise<Principal | undefined> {
    const path = formatPath(method);
    const roles = this.roles.get(path) ?? [];
    if (roles === 'everybody') return undefined;
    const header = metadata.get('authorization')[0];
    const principal = await this.verifier.verifyHeader(header?.toString());
    if (!roles.includes(principal.role)) throw accessDenied(path, principal.role, roles);
    return principal;
  }
}

/** Returns the principal of a call, for handlers that need one. */
export function present(principal: Principal | undefined): Principal {
  if (principal === undefined) throw tokenMissing();
  return principal;
}
