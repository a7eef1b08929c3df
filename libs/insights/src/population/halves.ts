import { mixBits } from '../mix-bits.js';
import { selectHeldOut } from './held-out.js';
import type { MetadataColumn, Population } from './population.js';

/** Half of a sample: searches see `FIND` only, and numbers that people see come from `CONFIRM` only. */
export const [NEITHER, FIND, CONFIRM] = [0, 1, 2] as const;

/**
 * Assigns each held-out sample to a half by a hash of its group and the seed, [n] uint8. Samples of one group (equal
 * values of the group column) get the same half. Training samples are in neither, unless all samples are.
 */
export function assignHalves(population: Population, seed: number): Uint8Array {
  const { rows } = selectHeldOut(population);
  const readGroup = readGroups(population);
  return rows.map((held, row) => (held === 0 ? NEITHER : hash(readGroup(row), seed) & 1 ? FIND : CONFIRM));
}

/** Assigns each sample to one of some folds by a hash of its group and the seed, [n] uint8. */
export function assignFolds(population: Population, folds: number, seed: number): Uint8Array {
  const readGroup = readGroups(population);
  // The lowest bit decides on the half.
  return Uint8Array.from({ length: population.n }, (_, row) => (hash(readGroup(row), seed) >>> 1) % folds);
}

function readGroups({ metadata, groupColumn }: Population): (row: number) => string {
  const column = metadata.find(({ name }) => name === groupColumn);
  return (row) => (column && formatGroup(column, row)) ?? `row ${row}`;
}

/** Text of the value; undefined if it is missing. */
function formatGroup(column: MetadataColumn, row: number): string | undefined {
  if (column.type === 'category') return column.categories[column.codes[row]!];
  const value = column.values[row]!;
  return Number.isNaN(value) ? undefined : String(value);
}

/** FNV-1a, mixed so that its lowest bit depends on all bits. */
function hash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mixBits(h);
}
