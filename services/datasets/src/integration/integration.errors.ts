import { DomainError } from '@noema/kernel';

export const integrationNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'INTEGRATION_NOT_FOUND',
    `there is no integration ${id}; list the integrations of the project to see which there are`,
    { metadata: { integration_id: id } },
  );

export const sourceUnsupported = (kind: 'mapping'): DomainError =>
  new DomainError(
    'unsupported',
    'INTEGRATION_SOURCE_UNSUPPORTED',
    `an integration from a ${kind} cannot be registered yet; give source.bundle, code that was ` +
      'uploaded, or source.module_path, the path of an ES module that exports an integration',
    { metadata: { source: kind } },
  );

export const sourceMissing = (): DomainError =>
  new DomainError(
    'invalid',
    'INTEGRATION_SOURCE_MISSING',
    'the request says not where the integration is; give source.bundle or source.module_path',
    { violations: [{ field: 'source', description: 'is required' }] },
  );

/** `endings` are the endings of modules that run, such as ".js, .mjs". */
export const modulePathInvalid = (path: string, endings: string): DomainError =>
  new DomainError(
    'invalid',
    'MODULE_PATH_INVALID',
    `source.module_path "${path}" is not the absolute path of a module (${endings}) that this machine can read`,
    {
      violations: [
        { field: 'source.module_path', description: `absolute path of a readable file (${endings})` },
      ],
    },
  );

export function modulePathOutside(path: string, roots: readonly string[]): DomainError {
  const where =
    roots.length === 0
      ? 'is of this machine, and the operator has opened no folder for modules'
      : `lies in none of the folders that the operator has opened for modules (${roots.join(', ')})`;
  return new DomainError(
    'precondition',
    'MODULE_PATH_OUTSIDE_ROOTS',
    `source.module_path "${path}" ${where}; ` +
      'upload the code as a bundle (noema integration upload), or ask the operator for ' +
      'NOEMA_INTEGRATION_ROOTS',
    { violations: [{ field: 'source.module_path', description: 'below an opened folder' }] },
  );
}

export const bundleNotFound = (uri: string): DomainError =>
  new DomainError(
    'not-found',
    'BUNDLE_NOT_FOUND',
    `there is no bundle "${uri.slice(0, 200)}" in this project; upload it first (noema integration ` +
      'upload) and give source.bundle as the answer has it',
  );

export const networkRefused = (hosts: readonly string[]): DomainError =>
  new DomainError(
    'precondition',
    'INTEGRATION_NETWORK_REFUSED',
    `the integration declares hosts (${hosts.join(', ')}), and the operator allows integrations no ` +
      'network; take the data into the bundle, or ask the operator for NOEMA_INTEGRATION_NETWORK=allowed',
    { metadata: { hosts: hosts.join(',') } },
  );

export const integrationChanged = (path: string): DomainError =>
  new DomainError(
    'precondition',
    'INTEGRATION_CHANGED',
    `the module ${path} changed while it was being ingested; create the dataset version again`,
    { metadata: { module_path: path } },
  );

export const preprocessChanged = (path: string): DomainError =>
  new DomainError(
    'precondition',
    'PREPROCESS_NOT_REPEATABLE',
    `preprocess of ${path} returned other splits or sample ids when it ran again; make it repeatable, ` +
      'for example by a fixed seed and a sorted list of files',
    { metadata: { module_path: path } },
  );

export const isolationUnavailable = (why: string): DomainError =>
  new DomainError(
    'precondition',
    'INTEGRATION_ISOLATION_UNAVAILABLE',
    `code of users does not run here, because it could not be kept apart from the platform: ${why}; the ` +
      'operator can make that work, choose another NOEMA_INTEGRATION_ISOLATION, or set ' +
      'NOEMA_TRUSTED_INTEGRATIONS=true where every user is trusted',
    { metadata: { why } },
  );

export const runtimeUnavailable = (runtime: string, why: string): DomainError =>
  new DomainError(
    'precondition',
    'INTEGRATION_RUNTIME_UNAVAILABLE',
    `integrations for ${runtime} do not run here: ${why}`,
    { metadata: { runtime, why } },
  );

export const moduleUnreadable = (path: string): DomainError =>
  new DomainError(
    'precondition',
    'MODULE_UNREADABLE',
    `the module ${path} cannot be read from the sandbox, whose user is neither root nor the owner; make ` +
      'the file readable and its folders enterable for all (chmod a+rX)',
    { metadata: { module_path: path } },
  );

export const memoryExceeded = (limitBytes: number): DomainError =>
  new DomainError(
    'precondition',
    'INTEGRATION_MEMORY_EXCEEDED',
    `the integration held more than ${mebibytes(limitBytes)} MiB of memory and was stopped; read ` +
      'samples on request instead of all at once, or ask the operator to raise ' +
      'NOEMA_INTEGRATION_MEMORY_MB (for a check NOEMA_CHECK_MEMORY_MB)',
    { metadata: { limit_bytes: String(limitBytes) } },
  );

export const cpuExceeded = (limitMs: number): DomainError =>
  new DomainError(
    'precondition',
    'INTEGRATION_CPU_EXCEEDED',
    `the integration used more than ${limitMs / 1000} s of CPU time in one step and was stopped; do ` +
      'less work per sample, set a smaller shard_size, or ask the operator to raise ' +
      'NOEMA_INTEGRATION_CPU_SECONDS',
    { metadata: { limit_ms: String(limitMs) } },
  );

export const tasksExceeded = (limit: number): DomainError =>
  new DomainError(
    'precondition',
    'INTEGRATION_PROCESSES_EXCEEDED',
    `the integration started as many processes and threads as it may have (${limit}) and was stopped; ` +
      'start fewer at once, or ask the operator to raise NOEMA_INTEGRATION_PROCESSES',
    { metadata: { limit: String(limit) } },
  );

export const outputExceeded = (limitBytes: number): DomainError =>
  new DomainError(
    'precondition',
    'INTEGRATION_OUTPUT_EXCEEDED',
    `the integration wrote more than ${mebibytes(limitBytes)} MiB to its output in one step and was ` +
      'stopped; that output is not read, so write less',
    { metadata: { limit_bytes: String(limitBytes) } },
  );

export const checksBusy = (atOnce: number, waitMs: number): DomainError =>
  new DomainError(
    'exhausted',
    'CHECKS_BUSY',
    `${atOnce} ${atOnce === 1 ? 'check runs' : 'checks run'} at the same time here, and none ended ` +
      `within ${waitMs} ms; ask again in a few seconds, or check on your own machine with "noema ` +
      'integration check"',
    { metadata: { retry_after_seconds: '5' } },
  );

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
