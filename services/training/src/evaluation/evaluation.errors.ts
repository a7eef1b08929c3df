import { DomainError } from '@noema/kernel';

export const rowInvalid = (row: number, rows: number): DomainError =>
  new DomainError(
    'invalid',
    'ROW_INVALID',
    `row ${row} is not in the dataset version; rows run from 0 to ${rows - 1}`,
    { metadata: { row: String(row) } },
  );
