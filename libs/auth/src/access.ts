import type { DescMethod } from '@bufbuild/protobuf';
import { getOption } from '@bufbuild/protobuf';
import { Access, access } from '@noema/contracts/noema/type/v1/access';

/** What a member may do in a team; `service` is a Noema service that acts for the team. */
export type Role = 'viewer' | 'editor' | 'admin' | 'service';
export const ROLES: readonly Role[] = ['viewer', 'editor', 'admin', 'service'];

/** Who a call comes from, as its token says. */
export interface Principal {
  readonly teamId: string;
  /** The member's or API key's id, or the name of the service. */
  readonly subject: string;
  readonly role: Role;
  /**
   * Most requests a minute of the whole team; absent for no limit. It travels in the token, so that nobody
   * has to ask for it.
   */
  readonly requestsPerMinute?: number;
}

type Declared = Exclude<Access, Access.UNSPECIFIED>;

/** Which roles pass each declared access; `everybody` needs no token. */
const PASSES: Readonly<Record<Declared, 'everybody' | readonly Role[]>> = {
  [Access.PUBLIC]: 'everybody',
  [Access.VIEWER]: ['viewer', 'editor', 'admin', 'service'],
  [Access.EDITOR]: ['editor', 'admin', 'service'],
  [Access.ADMIN]: ['admin'],
  [Access.SERVICE]: ['service'],
};

/**
 * The roles that may call an RPC, by its `noema.type.v1.access` option; `undefined` when it declares none,
 * and then nobody may.
 */
export function rolesOf(method: DescMethod): 'everybody' | readonly Role[] | undefined {
  const declared = getOption(method, access);
  return declared === Access.UNSPECIFIED ? undefined : PASSES[declared];
}
