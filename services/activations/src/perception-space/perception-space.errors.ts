import { DomainError } from '@noema/kernel';

export const perceptionSpaceNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'PERCEPTION_SPACE_NOT_FOUND',
    `perception space "${id}" does not exist; list the spaces of the project to see which do`,
    { metadata: { perception_space_id: id } },
  );

export const perceptionSpaceExists = (name: string): DomainError =>
  new DomainError(
    'exists',
    'PERCEPTION_SPACE_EXISTS',
    `the project has a perception space "${name}" already; choose another name`,
    { metadata: { name } },
  );

export const perceptionSpaceInvalid = (field: string, why: string): DomainError =>
  new DomainError('invalid', 'PERCEPTION_SPACE_INVALID', `${field}: ${why}`, {
    violations: [{ field, description: why }],
  });
