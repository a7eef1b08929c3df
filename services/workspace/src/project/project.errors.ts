import { DomainError } from '@noema/kernel';

export const projectNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'PROJECT_NOT_FOUND',
    `there is no project "${id}" in this team; list the projects to see which there are`,
    { metadata: { project_id: id } },
  );

export const projectNameTaken = (name: string): DomainError =>
  new DomainError(
    'exists',
    'PROJECT_NAME_TAKEN',
    `a project "${name}" is in the team already; choose another name, or use that one`,
    { metadata: { display_name: name } },
  );

export const projectQuota = (limit: number): DomainError =>
  new DomainError(
    'exhausted',
    'PROJECT_QUOTA',
    `the team may have ${limit} projects and has as many; delete one, or have the quota raised`,
    { metadata: { limit: String(limit) } },
  );

export const descriptionTooLong = (length: number, max: number): DomainError =>
  new DomainError(
    'invalid',
    'DESCRIPTION_TOO_LONG',
    `description has ${length} characters; at most ${max} are kept`,
    { violations: [{ field: 'description', description: `has ${length} characters` }] },
  );
