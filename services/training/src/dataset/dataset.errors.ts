import { DomainError } from '@noema/kernel';

export const datasetNotReady = (id: string): DomainError =>
  new DomainError(
    'precondition',
    'DATASET_VERSION_NOT_READY',
    `dataset version "${id}" is not ingested; wait until its state is succeeded`,
    { metadata: { dataset_version_id: id } },
  );

export const datasetTooLarge = (id: string, bytes: number, limit: number): DomainError =>
  new DomainError(
    'precondition',
    'DATASET_TOO_LARGE',
    `dataset version "${id}" takes ${bytes} bytes in memory, the worker may use ${limit}; raise ` +
      'NOEMA_RESIDENT_BYTES',
    { metadata: { bytes: String(bytes), limit: String(limit) } },
  );

export const sampleNotFound = (split: string, sampleId: string): DomainError =>
  new DomainError(
    'not-found',
    'SAMPLE_NOT_FOUND',
    `the dataset version has no sample "${sampleId}" in split ${split}`,
    { metadata: { split, sample_id: sampleId } },
  );
