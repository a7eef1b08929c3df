import { DomainError } from '@noema/kernel';

export const indexNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'INDEX_NOT_FOUND',
    `index "${id}" does not exist; list the indexes of the project to see which do`,
    { metadata: { index_id: id } },
  );

export const noIndexOfKind = (activationSetId: string, kind: string): DomainError =>
  new DomainError(
    'not-found',
    'INDEX_NOT_FOUND',
    `activation set ${activationSetId} has no index of kind ${kind}; create one, or leave index_method out`,
    { metadata: { activation_set_id: activationSetId, kind } },
  );

export const indexNotReady = (activationSetId: string, kind: string, state: string): DomainError =>
  new DomainError(
    'precondition',
    'INDEX_NOT_READY',
    `the ${kind} index of activation set ${activationSetId} is ${state}; watch its job, or create it ` +
      'again when it failed',
    { metadata: { activation_set_id: activationSetId, state } },
  );

export const parameterUnknown = (kind: string, name: string, known: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'PARAMETER_UNKNOWN',
    `index kind ${kind} has no parameter "${name}"; known: ${known.join(', ') || 'none'}`,
    { metadata: { parameter: name } },
  );

export const parameterOutOfRange = (
  kind: string,
  name: string,
  value: unknown,
  minimum: number,
  maximum: number,
): DomainError =>
  new DomainError(
    'invalid',
    'PARAMETER_OUT_OF_RANGE',
    `${name} of ${kind} is ${String(value)}; it must be a whole number from ${minimum} to ${maximum}`,
    { metadata: { parameter: name } },
  );
