import { DomainError } from '@noema/kernel';

export const teamNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'TEAM_NOT_FOUND',
    `there is no team "${id}"; check the id, and that the token belongs to it`,
    { metadata: { team_id: id } },
  );

export const teamIdInvalid = (id: string): DomainError =>
  new DomainError(
    'invalid',
    'TEAM_ID_INVALID',
    `team_id "${id}" is no UUID in lower case; leave it empty for a new one`,
    { violations: [{ field: 'team_id', description: 'is no UUID' }] },
  );

export const quotaInvalid = (field: string, value: string): DomainError =>
  new DomainError(
    'invalid',
    'QUOTA_INVALID',
    `quota.${field} ${value} is negative; give a limit, or 0 for none`,
    { violations: [{ field: `quota.${field}`, description: 'is negative' }] },
  );

export const quotaOfOperator = (id: string): DomainError =>
  new DomainError(
    'forbidden',
    'QUOTA_IS_THE_OPERATORS',
    `the quota of team "${id}" is set by the operator of the platform; ask for another one`,
    { metadata: { team_id: id } },
  );

export const nameNotConfirmed = (given: string, name: string): DomainError =>
  new DomainError(
    'precondition',
    'NAME_NOT_CONFIRMED',
    `confirm_display_name "${given}" is not the team's name "${name}"; deleting a team cannot be ` +
      'undone, so repeat its name',
  );
