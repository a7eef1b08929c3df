import { DomainError } from '@noema/kernel';

export const dashboardNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'DASHBOARD_NOT_FOUND',
    `dashboard "${id}" does not exist; list the dashboards of the project to see which do`,
    { metadata: { dashboard_id: id } },
  );

export const dashboardNameTaken = (name: string): DomainError =>
  new DomainError(
    'exists',
    'DASHBOARD_NAME_TAKEN',
    `the project has a dashboard "${name}" already; choose another name, or change that dashboard`,
    { metadata: { display_name: name } },
  );
