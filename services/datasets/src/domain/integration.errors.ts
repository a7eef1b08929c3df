import { DomainError } from '@noema/kernel';

export const integrationNotFound = (id: string): DomainError =>
  new DomainError('not-found', 'INTEGRATION_NOT_FOUND', `there is no integration ${id}; list the integrations of the project to see which there are`, { metadata: { integration_id: id } });

export const sourceUnsupported = (kind: 'bundle' | 'mapping'): DomainError =>
  new DomainError('unsupported', 'INTEGRATION_SOURCE_UNSUPPORTED', `an integration from a ${kind} cannot be registered yet; give source.module_path, the path of an ES module that exports an integration`, { metadata: { source: kind } });

export const sourceMissing = (): DomainError =>
  new DomainError('invalid', 'INTEGRATION_SOURCE_MISSING', 'the request says not where the integration is; give source.module_path', { violations: [{ field: 'source', description: 'is required' }] });

export const modulePathInvalid = (path: string): DomainError =>
  new DomainError('invalid', 'MODULE_PATH_INVALID', `source.module_path "${path}" is not the absolute path of a .js or .mjs file that this machine can read`, { violations: [{ field: 'source.module_path', description: 'absolute path of a readable .js or .mjs file' }] });

export const integrationsNotTrusted = (): DomainError =>
  new DomainError('precondition', 'INTEGRATIONS_NOT_TRUSTED', 'code of users does not run here without a sandbox; the operator may switch it on with NOEMA_TRUSTED_INTEGRATIONS=true where every user is trusted');

export const integrationChanged = (path: string): DomainError =>
  new DomainError('precondition', 'INTEGRATION_CHANGED', `the module ${path} changed while it was being ingested; create the dataset version again`, { metadata: { module_path: path } });

export const preprocessChanged = (path: string): DomainError =>
  new DomainError('precondition', 'PREPROCESS_NOT_REPEATABLE', `preprocess of ${path} returned other splits or sample ids when it ran again; make it repeatable, for example by a fixed seed and a sorted list of files`, { metadata: { module_path: path } });
