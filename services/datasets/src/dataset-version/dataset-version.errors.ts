import { DomainError } from '@noema/kernel';

export const datasetVersionNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'DATASET_VERSION_NOT_FOUND',
    `there is no dataset version ${id}; list the dataset versions of the project to see which there are`,
    { metadata: { dataset_version_id: id } },
  );

export const datasetVersionNotReady = (id: string, state: string): DomainError =>
  new DomainError(
    'precondition',
    'DATASET_VERSION_NOT_READY',
    `the dataset version ${id} is ${state}; it has samples when its job has succeeded`,
    { metadata: { dataset_version_id: id, state } },
  );

export const shardSizeInvalid = (size: number): DomainError =>
  new DomainError(
    'invalid',
    'SHARD_SIZE_INVALID',
    `shard_size ${size} is not between 1 and 65536; leave it 0 for one that fits the size of the samples`,
    { violations: [{ field: 'shard_size', description: '1 to 65536, or 0' }] },
  );

export const skippedShareInvalid = (share: number): DomainError =>
  new DomainError(
    'invalid',
    'SKIPPED_SHARE_INVALID',
    `max_skipped_share ${share} is not between 0 and 1; leave it 0 to skip no sample`,
    {
      violations: [{ field: 'max_skipped_share', description: '0 to 1' }],
    },
  );

export const ingestionDeleted = (id: string): DomainError =>
  new DomainError('precondition', 'INGESTION_DELETED', `the ingestion ${id} was deleted before it ended`, {
    metadata: { dataset_version_id: id },
  });

export const sampleNotFound = (split: string, id: string): DomainError =>
  new DomainError('not-found', 'SAMPLE_NOT_FOUND', `there is no sample "${id}" in the split "${split}"`, {
    metadata: { split, sample_id: id },
  });

export const visualizerNotFound = (name: string, known: readonly string[]): DomainError =>
  new DomainError(
    'not-found',
    'VISUALIZER_NOT_FOUND',
    known.length === 0
      ? 'this dataset version has no visualizer'
      : `there is no visualizer "${name}"; known: ${known.join(', ')}`,
    { metadata: { visualizer: name } },
  );
