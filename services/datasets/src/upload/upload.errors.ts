import { DomainError } from '@noema/kernel';

export const uploadInvalid = (field: string, value: unknown, wanted: string): DomainError =>
  new DomainError('invalid', 'UPLOAD_INVALID', `${field} is ${shown(value)}; it must be ${wanted}`, {
    violations: [{ field, description: wanted }],
  });

/** `what` completes "the chunk has …". */
export const chunkInvalid = (index: number, what: string): DomainError =>
  new DomainError('invalid', 'UPLOAD_CHUNK_INVALID', `chunk ${index} has ${what}`, {
    metadata: { index: String(index) },
  });

export const uploadNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'UPLOAD_NOT_FOUND',
    `there is no upload "${id.slice(0, 100)}" in this project; create it first`,
    { metadata: { upload_id: id.slice(0, 100) } },
  );

export const uploadIncomplete = (id: string, missing: readonly number[], count: number): DomainError =>
  new DomainError(
    'precondition',
    'UPLOAD_INCOMPLETE',
    `upload ${id} lacks ${missing.length} of its ${count} chunks, the first of them ${missing[0]}; send ` +
      'them and ask again',
    { metadata: { upload_id: id, missing: String(missing.length), first_missing: String(missing[0]) } },
  );

export const uploadConsumed = (id: string, datasetVersionId: string): DomainError =>
  new DomainError(
    'precondition',
    'UPLOAD_CONSUMED',
    `upload ${id} became the dataset version ${datasetVersionId}, and its chunks are removed; use that ` +
      'version',
    { metadata: { upload_id: id, dataset_version_id: datasetVersionId } },
  );

export const chunkDiffers = (id: string, index: number): DomainError =>
  new DomainError(
    'conflict',
    'UPLOAD_CHUNK_DIFFERS',
    `chunk ${index} of upload ${id} is stored with other content; change the digest of the manifest when ` +
      'the data change',
    { metadata: { upload_id: id, index: String(index) } },
  );

export const uploadHasNoCode = (): DomainError =>
  new DomainError(
    'unsupported',
    'UPLOAD_HAS_NO_CODE',
    'this integration is an upload without code, so there is nothing to check: every chunk was checked ' +
      'when it was sent',
  );

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};
