import { DomainError } from '@noema/kernel';

/** Throws `invalid` K_TOO_LARGE unless `count` is a whole number from 1 to `limit`. */
export function checkCount(
  count: number,
  what: 'clusters' | 'neighbors',
  points: number,
  limit: number,
): void {
  if (!Number.isInteger(count) || count < 1 || count > limit)
    throw countTooLarge(`${count} ${what} of ${points} points cannot be had; ask for 1 to ${limit}`);
}

/** Returns the error of a count of clusters or neighbors that there are too few points for. */
export const countTooLarge = (
  message: string,
  metadata: Readonly<Record<string, string>> = {},
): DomainError => new DomainError('invalid', 'K_TOO_LARGE', message, { metadata });
