import { DomainError } from '@noema/kernel';

export const memberNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'MEMBER_NOT_FOUND',
    `there is no member "${id}" in this team; list the members to see who is`,
    { metadata: { member_id: id } },
  );

export const emailTaken = (email: string): DomainError =>
  new DomainError(
    'exists',
    'MEMBER_EMAIL_TAKEN',
    `a member with the e-mail address "${email}" is in the team already; change that one`,
    { metadata: { email } },
  );

export const emailInvalid = (email: string): DomainError =>
  new DomainError(
    'invalid',
    'EMAIL_INVALID',
    `"${email}" is no e-mail address; write name@domain, or leave it empty for a program`,
    { violations: [{ field: 'email', description: 'is no e-mail address' }] },
  );

export const roleMissing = (): DomainError =>
  new DomainError(
    'invalid',
    'ROLE_INVALID',
    'role is missing or cannot be given to a member; choose ROLE_VIEWER, ROLE_EDITOR or ROLE_ADMIN',
    { violations: [{ field: 'role', description: 'is no role of a member' }] },
  );

export const lastAdmin = (id: string): DomainError =>
  new DomainError(
    'precondition',
    'LAST_ADMIN',
    `member "${id}" is the team's last admin; make another member admin first`,
    { metadata: { member_id: id } },
  );
