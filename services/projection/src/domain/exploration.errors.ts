import { DomainError } from '@noema/kernel';

export const explorationNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'EXPLORATION_NOT_FOUND',
    `exploration "${id}" does not exist; list the explorations of the project to see which do`,
    { metadata: { exploration_id: id } },
  );

export const activationSetNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'ACTIVATION_SET_NOT_FOUND',
    `activation set "${id}" does not exist or has no neighbour graph yet; wait until it is ready, or ` +
      'list the sets of the project',
    { metadata: { activation_set_id: id } },
  );

export const graphNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'NEIGHBOR_GRAPH_NOT_FOUND',
    `neighbour graph "${id}" is not known here any more; make the exploration again`,
    { metadata: { neighbor_graph_id: id } },
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

export const tooFewSamples = (samples: number, least: number): DomainError =>
  new DomainError(
    'precondition',
    'TOO_FEW_SAMPLES',
    `a map of ${samples} samples shows nothing, because each is the only neighbour of the other; add ` +
      `samples until the data have ${least} or more`,
    { metadata: { samples: String(samples) } },
  );

/** `number` and `key` are the two fields of one request, with the keys of the methods that they name. */
export const methodAmbiguous = (
  fields: { readonly number: string; readonly key: string },
  numbered: string,
  key: string,
): DomainError =>
  new DomainError(
    'invalid',
    'METHOD_AMBIGUOUS',
    `${fields.key} is "${key}" and ${fields.number} is "${numbered}"; give ${fields.key} alone`,
    { violations: [{ field: fields.key, description: `differs from ${fields.number}` }] },
  );

export const parameterNotPlain = (name: string, value: unknown): DomainError =>
  new DomainError(
    'invalid',
    'PARAMETER_NOT_PLAIN',
    `parameter ${name} is ${JSON.stringify(value)}; write a number or a word`,
    { metadata: { parameter: name } },
  );

export const tooManyNeighbors = (asked: number, samples: number): DomainError =>
  new DomainError(
    'invalid',
    'K_TOO_LARGE',
    `n_neighbors is ${asked}, the set has ${samples} samples; ask for at most ${samples}`,
    { metadata: { parameter: 'n_neighbors' } },
  );

export const notAlignable = (id: string, why: string): DomainError =>
  new DomainError('invalid', 'NOT_ALIGNABLE', `the map cannot start from exploration ${id}: ${why}`, {
    violations: [{ field: 'aligned_to', description: why }],
  });

export const setNotProjected = (id: string, setId: string): DomainError =>
  new DomainError(
    'precondition',
    'SET_NOT_PROJECTED',
    `activation set "${id}" is not made in the basis of set "${setId}", or not ready; project its data ` +
      'onto that set, and wait for the job',
    { metadata: { activation_set_id: id, reference_set_id: setId } },
  );

export const alreadyProjected = (id: string, onto: string): DomainError =>
  new DomainError(
    'precondition',
    'EXPLORATION_PROJECTED',
    `exploration ${id} shows data placed in exploration ${onto}; place others in that one`,
    { metadata: { exploration_id: id, projected_onto: onto } },
  );

export const columnUnknown = (name: string, known: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'COLUMN_UNKNOWN',
    `there is no column "${name}" for points; known: ${known.join(', ')}`,
    { violations: [{ field: 'columns', description: `"${name}" is unknown` }] },
  );

export const rowInvalid = (row: number, points: number): DomainError =>
  new DomainError(
    'invalid',
    'FIRST_ROW_INVALID',
    `first_row is ${row}; the exploration has rows 0 to ${points - 1}`,
    { violations: [{ field: 'first_row', description: 'is outside of the rows' }] },
  );

export const chunkSizeInvalid = (size: number, max: number): DomainError =>
  new DomainError(
    'invalid',
    'CHUNK_SIZE_INVALID',
    `chunk_size is ${size}; ask for 1 to ${max} points, or 0 for 2048`,
    { violations: [{ field: 'chunk_size', description: `must be 0 to ${max}` }] },
  );

export const batchSizeInvalid = (size: number, max: number): DomainError =>
  new DomainError(
    'invalid',
    'BATCH_SIZE_INVALID',
    `batch_size is ${size}; ask for 1 to ${max} points, or 0 for 65536`,
    { violations: [{ field: 'batch_size', description: `must be 0 to ${max}` }] },
  );
