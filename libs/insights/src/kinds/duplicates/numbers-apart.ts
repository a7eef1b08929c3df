import { formatCount } from '../../finding/numbers.js';
import type { Population } from '../../population/population.js';
import { groupEqual } from './groups.js';
import type { CopyPairs } from './pairs.js';

/** A larger difference of two losses, as a share of the larger one, is no rounding. */
const ROUNDING = 1e-3;

/**
 * Returns whether two samples have one loss. A model gives equal inputs one answer, so that their ground truths differ
 * where their losses do. Samples of which one has no loss may have the same.
 */
export function haveSameLoss({ losses }: Population, a: number, b: number): boolean {
  const [one, other] = [losses?.[a] ?? NaN, losses?.[b] ?? NaN];
  return !(Math.abs(one - other) > ROUNDING * Math.max(Math.abs(one), Math.abs(other)));
}

/**
 * Takes samples of a regression with equal inputs and different numbers for no copies: rows of few columns repeat, and
 * each is a measure of its own. The pairs of other tasks stay unchanged.
 */
export function tellNumbersApart(population: Population, pairs: CopyPairs): CopyPairs {
  const { losses, task } = population;
  if (task !== 'regression' || losses === undefined) return pairs;
  const original = pairs.original.slice();
  let apart = 0;
  for (const group of groupEqual(pairs)) {
    const rising = group
      .filter((row) => Number.isFinite(losses[row]))
      .sort((a, b) => losses[a]! - losses[b]!);
    const parts: number[][] = [];
    for (const row of rising) {
      const last = parts.at(-1);
      if (last !== undefined && haveSameLoss(population, last.at(-1)!, row)) last.push(row);
      else parts.push([row]);
    }
    if (parts.length < 2) continue;
    for (const part of parts) {
      const first = Math.min(...part);
      for (const row of part) original[row] = first;
      if (part.length === 1 && first !== group[0]) apart++;
    }
  }
  const remark =
    apart === 1
      ? 'One sample has the inputs of another one, but another number: it is no copy.'
      : `${formatCount(apart)} samples have the inputs of another one, but another number: they are no copies.`;
  return { ...pairs, original, remarks: apart === 0 ? pairs.remarks : [...pairs.remarks, remark] };
}
