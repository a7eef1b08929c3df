import { DomainError } from '@noema/kernel';

export const noQueries = (): DomainError =>
  new DomainError('invalid', 'QUERIES_EMPTY', 'no query sample was given; name at least one', {
    violations: [{ field: 'queries', description: 'is empty' }],
  });

export const invalidK = (k: number, max: number): DomainError =>
  new DomainError('invalid', 'K_INVALID', `k is ${k}; ask for 1 to ${max} samples`, {
    violations: [{ field: 'k', description: `must be 1 to ${max}` }],
  });

export const layerNamedTwice = (layer: string): DomainError =>
  new DomainError(
    'invalid',
    'LAYER_NAMED_TWICE',
    `layer_weights names layer "${layer}" twice; give each layer one weight`,
    { metadata: { layer }, violations: [{ field: 'layer_weights', description: `names "${layer}" twice` }] },
  );

export const sampleNotFound = (split: string, sampleId: string): DomainError =>
  new DomainError(
    'not-found',
    'SAMPLE_NOT_FOUND',
    `there is no sample "${sampleId}" in split ${split} of the dataset version; list its samples to see ` +
      'which there are',
    { metadata: { split, sample_id: sampleId } },
  );

export const weightingAmbiguous = (): DomainError =>
  new DomainError(
    'invalid',
    'WEIGHTING_AMBIGUOUS',
    'depth and layer_weights were both given; give one of them',
    { violations: [{ field: 'depth', description: 'is given together with layer_weights' }] },
  );

export const weightingWithIndex = (): DomainError =>
  new DomainError(
    'invalid',
    'WEIGHTING_WITH_INDEX',
    'depth or layer_weights are answered by measuring all samples, not by an index; leave index_kind ' +
      'and search_params out',
    { violations: [{ field: 'index_kind', description: 'is given together with a weighting' }] },
  );

export const weightingWithProjection = (): DomainError =>
  new DomainError(
    'invalid',
    'WEIGHTING_WITH_PROJECTION',
    'samples of other data are found by the space of the set alone; leave depth and layer_weights out',
    { violations: [{ field: 'query_set_id', description: 'is given together with a weighting' }] },
  );

export const notProjectedOnto = (querySetId: string, setId: string): DomainError =>
  new DomainError(
    'precondition',
    'SET_NOT_PROJECTED',
    `activation set "${querySetId}" is not made in the basis of set "${setId}", or not ready; project ` +
      'its data onto that set, and wait for the job',
    { metadata: { query_set_id: querySetId, activation_set_id: setId } },
  );
