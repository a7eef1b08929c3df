import { mixBits } from '../mix-bits.js';
import { findGroupColumn, isMissing, joinGroups } from './groups.js';
import { selectHeldOut } from './held-out.js';
import type { Population } from './population.js';

/** Half of a sample: searches see `FIND` only, and numbers that people see come from `CONFIRM` only. */
export const [NEITHER, FIND, CONFIRM] = [0, 1, 2] as const;

/**
 * Assigns each held-out sample to a half by a hash of its group and the seed, [n] uint8. Samples of one group get the
 * same half. Training samples are in neither, unless all samples are.
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

/** Text that the samples of a group share: the value of the group column of its first sample, or its row. */
function readGroups(population: Population): (row: number) => string {
  const firsts = population.groups ?? joinGroups(population)?.firsts;
  const column = findGroupColumn(population);
  return (row) => {
    const first = firsts?.[row] ?? row;
    if (column === undefined || isMissing(column, first)) return `row ${first}`;
    return column.type === 'category'
      ? column.categories[column.codes[first]!]!
      : String(column.values[first]);
  };
}

/** FNV-1a, mixed so that its lowest bit depends on all bits. */
function hash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mixBits(h);
}
