import { DomainError } from '@noema/kernel';

export const modelNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'MODEL_NOT_FOUND',
    `model "${id}" does not exist; list the models of the project`,
    { metadata: { model_id: id } },
  );

export const modelVersionNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'MODEL_VERSION_NOT_FOUND',
    `model version "${id}" does not exist; list the versions of the model`,
    { metadata: { model_version_id: id } },
  );

export const weightsMissing = (id: string): DomainError =>
  new DomainError(
    'precondition',
    'WEIGHTS_MISSING',
    `model version "${id}" has no weights yet; the first run initializes them`,
    { metadata: { model_version_id: id } },
  );

export const exportTooLarge = (bytes: number, limit: number): DomainError =>
  new DomainError(
    'exhausted',
    'EXPORT_TOO_LARGE',
    `the weights have ${bytes} bytes, and the service exports models of up to ${limit}; run ` +
      '`noema models export`, which exports on your machine',
  );

export const weightsMisfit = (stored: number, needed: number): DomainError =>
  new DomainError(
    'data-loss',
    'WEIGHTS_MISFIT',
    `the weights do not fit the model: ${stored} numbers are stored, and the layers have ${needed}`,
  );

export const modelNameTaken = (name: string): DomainError =>
  new DomainError(
    'exists',
    'MODEL_NAME_TAKEN',
    `the project has a model named "${name}"; choose another display_name`,
    { violations: [{ field: 'display_name', description: 'is taken' }] },
  );

export const modelInUse = (id: string, runs: number): DomainError =>
  new DomainError(
    'precondition',
    'MODEL_IN_USE',
    `model "${id}" is used by ${runs} runs; delete them first`,
    { metadata: { model_id: id, runs: String(runs) } },
  );

export const topologyMissing = (): DomainError =>
  new DomainError(
    'invalid',
    'MODEL_INVALID',
    'the request has no topology; give what model.toJSON() of TF.js or model.to_json() of Keras returns',
    { violations: [{ field: 'topology', description: 'is missing' }] },
  );

export const modelTooLarge = (what: string, count: number, most: number): DomainError =>
  new DomainError(
    'invalid',
    'MODEL_TOO_LARGE',
    `${what} has ${count} numbers; at most ${most} are held here, so make the layers smaller`,
    { violations: [{ field: 'topology', description: `${what} is too large` }] },
  );

export const compileTimedOut = (limitMs: number): DomainError =>
  new DomainError(
    'invalid',
    'COMPILE_TIMED_OUT',
    `compiling the model took longer than ${limitMs} ms and was stopped; make the model of fewer or ` +
      'smaller layers',
    { metadata: { limit_ms: String(limitMs) } },
  );

export const compilersBusy = (limitMs: number): DomainError =>
  new DomainError(
    'exhausted',
    'COMPILERS_BUSY',
    `other models were compiled for ${limitMs} ms; ask again in a second, with fewer at the same time`,
    { metadata: { retry_after_seconds: '1' } },
  );

export const modelTooDeep = (cause: unknown): DomainError =>
  new DomainError(
    'invalid',
    'MODEL_TOO_DEEP',
    'the topology is nested deeper than models are; give what model.toJSON() of TF.js or ' +
      'model.to_json() of Keras returns',
    { cause, violations: [{ field: 'topology', description: 'is nested too deep' }] },
  );
