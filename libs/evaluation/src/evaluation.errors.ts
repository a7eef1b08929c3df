import { DomainError } from '@noema/kernel/domain-error';

export const optionInvalid = (name: string, value: unknown, allowed: string): DomainError =>
  new DomainError('invalid', 'OPTION_INVALID', `${name} is ${String(value)}; it must be ${allowed}`);

/** Throws `invalid` OPTION_INVALID unless the value is a number between 0 and 1, both excluded. */
export function checkOpenShare(name: string, value: number): void {
  if (!(value > 0 && value < 1)) throw optionInvalid(name, value, 'a number between 0 and 1');
}

/** Throws `invalid` OPTION_INVALID unless the value is a whole number of at least `min`. */
export function checkCount(name: string, value: number, min = 0): void {
  if (!Number.isSafeInteger(value) || value < min)
    throw optionInvalid(name, value, `a whole number of ${min} or more`);
}

/** Throws `invalid` COLUMN_LENGTHS_DIFFER unless the columns have `rows` rows. */
export function checkRows(
  rows: number,
  columns: Readonly<Record<string, { readonly length: number } | undefined>>,
): void {
  for (const [name, column] of Object.entries(columns))
    if (column !== undefined && column.length !== rows)
      throw new DomainError(
        'invalid',
        'COLUMN_LENGTHS_DIFFER',
        `${name} has ${column.length} rows instead of ${rows}; give one value for each row`,
      );
}
