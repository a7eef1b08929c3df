import type { Space } from './population.js';

/** Places farther out than this count as none: squares of their distances could not be stored as float32. */
const FARTHEST = 1e15;

/** Whether all numbers of a row in a space are finite. */
export function isPlaced({ values, width }: Space, row: number): boolean {
  for (let i = row * width; i < (row + 1) * width; i++) if (!(Math.abs(values[i]!) <= FARTHEST)) return false;
  return true;
}
