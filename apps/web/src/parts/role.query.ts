import { Role } from '@noema/contracts/noema/workspace/v1/member';
import { toFault } from '../api/query-client.js';
import { useSelf } from './self.query.js';

/** The rights of the signed-in member, and the reasons for missing ones. */
export interface Rights {
  readonly canEdit: boolean;
  readonly canAdmin: boolean;
  /** Why a control for editors is off; undefined where it is on. */
  readonly noEdit: string | undefined;
  /** Why a control for admins is off; undefined where it is on. */
  readonly noAdmin: string | undefined;
}

const NO_EDIT =
  'You are a viewer of this team: editors and admins may change things. Ask an admin for another role.';
const NO_ADMIN = 'Only admins of the team may do this.';
const NOT_KNOWN = 'Your role in this team is still loading; try again in a moment.';

/** The rights of the signed-in member; nothing may be changed until they are known. */
export function useRights(): Rights {
  const { data, error } = useSelf();
  const role = data?.role ?? Role.UNSPECIFIED;
  const canEdit = role >= Role.EDITOR;
  const canAdmin = role >= Role.ADMIN;
  const unknown = data !== undefined ? undefined : error === null ? NOT_KNOWN : toFault(error).message;
  return {
    canEdit,
    canAdmin,
    noEdit: canEdit ? undefined : (unknown ?? NO_EDIT),
    noAdmin: canAdmin ? undefined : (unknown ?? NO_ADMIN),
  };
}
