import { InvalidArgumentError } from 'commander';

/** Rows that one list may name. */
const MAX_ROWS = 1_000_000;

/** Parses rows and ranges such as `3,5-8`, ascending and without repeats. Throws InvalidArgumentError. */
export function parseRows(text: string): number[] {
  const rows = new Set<number>();
  for (const part of text.split(',')) {
    const [, from, to = from] = /^\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*$/.exec(part) ?? [];
    if (from === undefined || Number(to) < Number(from))
      throw new InvalidArgumentError(`"${part}" is not a row or a range of rows, such as 3 or 5-8.`);
    if (rows.size + Number(to) - Number(from) >= MAX_ROWS)
      throw new InvalidArgumentError('Name at most 1,000,000 rows; use --filter for more.');
    for (let row = Number(from); row <= Number(to); row++) rows.add(row);
  }
  return [...rows].sort((a, b) => a - b);
}
