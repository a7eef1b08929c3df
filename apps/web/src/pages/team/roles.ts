import { Role } from '@noema/contracts/noema/workspace/v1/member';

const NAMES: Readonly<Record<Role, string>> = {
  [Role.UNSPECIFIED]: 'as its member',
  [Role.VIEWER]: 'Viewer',
  [Role.EDITOR]: 'Editor',
  [Role.ADMIN]: 'Admin',
  [Role.SERVICE]: 'Service',
};

/** The roles that people have, from the least. */
export const MEMBER_ROLES = [Role.VIEWER, Role.EDITOR, Role.ADMIN] as const;

/** Permissions of each role. */
export const ROLE_RIGHTS: Readonly<Record<(typeof MEMBER_ROLES)[number], string>> = {
  [Role.VIEWER]: 'looks at everything of the team',
  [Role.EDITOR]: 'creates and changes datasets, models, runs, analyses',
  [Role.ADMIN]: 'also manages members, keys, secrets and the team',
};

/** The name of a role, as the page says it. */
export const roleName = (role: Role): string => NAMES[role];
