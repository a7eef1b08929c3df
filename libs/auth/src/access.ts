import type { DescMethod } from '@bufbuild/protobuf';
import { getOption } from '@bufbuild/protobuf';
import { Access, access } from '@noema/contracts/noema/type/v1/access';

/** Role of a member in a team. `service` is a Noema service that acts for the team. */
export type Role = 'viewer' | 'editor' | 'admin' | 'service';
export const ROLES: readonly Role[] = ['viewer', 'editor', 'admin', 'service'];

/** Caller of an RPC, as its token states. */
export interface Principal {
  readonly teamId: string;
  /** Id of the member or API key, or the name of the service. */
  readonly subject: string;
  readonly role: Role;
  /**
   * Maximum number of requests per minute of the whole team. Not set: no limit. The token carries it, so that
   * services need no query.
   */
  readonly requestsPerMinute?: number;
  /** Id of the API key that the token was issued for; absent for services and identity providers. */
  readonly apiKeyId?: string;
}

type Declared = Exclude<Access, Access.UNSPECIFIED>;

/** Roles that pass each declared access. `everybody` needs no token. */
const PASSES: Readonly<Record<Declared, 'everybody' | readonly Role[]>> = {
  [Access.PUBLIC]: 'everybody',
  [Access.VIEWER]: ['viewer', 'editor', 'admin', 'service'],
  [Access.EDITOR]: ['editor', 'admin', 'service'],
  [Access.ADMIN]: ['admin'],
  [Access.SERVICE]: ['service'],
};

const declared = new WeakMap<DescMethod, Access>();

/**
 * Returns the `noema.type.v1.access` option of an RPC. An option is decoded whenever it is read, which costs
 * more than the rest of admitting a call, so each RPC is read once.
 */
export function readAccess(method: DescMethod): Access {
  const known = declared.get(method);
  if (known !== undefined) return known;
  const read = getOption(method, access);
  declared.set(method, read);
  return read;
}

/**
 * Returns the roles that may call an RPC, by its `noema.type.v1.access` option. `undefined` if it declares
 * none; then no role may call it.
 */
export function findRoles(method: DescMethod): 'everybody' | readonly Role[] | undefined {
  const required = readAccess(method);
  return required === Access.UNSPECIFIED ? undefined : PASSES[required];
}
