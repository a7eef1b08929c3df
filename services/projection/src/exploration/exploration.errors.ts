import { DomainError } from '@noema/kernel';
import { countTooLarge } from '@noema/manifold';

export const explorationNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'EXPLORATION_NOT_FOUND',
    `exploration "${id}" does not exist; list the explorations of the project to see which do`,
    { metadata: { exploration_id: id } },
  );

export const explorationNotReady = (id: string, state: string): DomainError =>
  new DomainError(
    'precondition',
    'EXPLORATION_NOT_READY',
    `exploration ${id} is ${state}; watch its job and ask again when it has succeeded`,
    { metadata: { exploration_id: id, state } },
  );

export const dimensionsInvalid = (dimensions: number): DomainError =>
  new DomainError('invalid', 'DIMENSIONS_INVALID', `a map has 2 or 3 dimensions, not ${dimensions}`, {
    violations: [{ field: 'dimensions', description: 'must be 2 or 3' }],
  });

export const clusterCountInvalid = (count: number, samples: number): DomainError =>
  new DomainError(
    'invalid',
    'CLUSTER_COUNT_INVALID',
    `${count} clusters of ${samples} samples cannot be had; ask for 1 to ${samples}, or 0 for one a class`,
    { violations: [{ field: 'cluster_count', description: `must be 0 to ${samples}` }] },
  );

export const clusterSizeInvalid = (size: number, samples: number): DomainError =>
  new DomainError(
    'invalid',
    'CLUSTER_SIZE_INVALID',
    `density clusters of at least ${size} of ${samples} samples cannot be had; ask for 2 to ${samples}, ` +
      'or 0 for 1 in 200',
    { violations: [{ field: 'min_cluster_size', description: `must be 0 or 2 to ${samples}` }] },
  );

export const measureInvalid = (field: string, value: number, most: number): DomainError =>
  new DomainError(
    'invalid',
    'MEASURE_INVALID',
    `${field} is ${value}; ask for 1 to ${most}, or 0 for the usual`,
    { violations: [{ field, description: `must be 0 to ${most}` }] },
  );

/** `number` and `key` are the two fields of one request, with the keys of the methods that they name. */
export const parameterNotPlain = (name: string, value: unknown): DomainError =>
  new DomainError(
    'invalid',
    'PARAMETER_NOT_PLAIN',
    `parameter ${name} is ${JSON.stringify(value)}; write a number or a word`,
    { metadata: { parameter: name } },
  );

export const tooManyNeighbors = (asked: number, samples: number): DomainError =>
  countTooLarge(`n_neighbors is ${asked}, the set has ${samples} samples; ask for at most ${samples}`, {
    parameter: 'n_neighbors',
  });

export const notAlignable = (id: string, why: string): DomainError =>
  new DomainError('invalid', 'NOT_ALIGNABLE', `the map cannot start from exploration ${id}: ${why}`, {
    violations: [{ field: 'aligned_to', description: why }],
  });
