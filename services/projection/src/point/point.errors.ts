import { DomainError } from '@noema/kernel';

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
