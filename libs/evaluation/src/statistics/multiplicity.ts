import { optionInvalid } from '../evaluation.errors.js';

/** Returns p-values adjusted for the family-wise error rate (Holm 1979), in the order of the input. */
export function holm(pValues: readonly number[]): number[] {
  return adjust(pValues, 'ascending', (p, rank, m) => p * (m - rank));
}

/**
 * Returns p-values adjusted for the false discovery rate of independent or positively dependent tests (Benjamini &
 * Hochberg 1995), in the order of the input.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  return adjust(pValues, 'descending', (p, rank, m) => (p * m) / (rank + 1));
}

/**
 * Returns p-values adjusted for the false discovery rate under any dependence (Benjamini & Yekutieli 2001), in
 * the order of the input.
 */
export function benjaminiYekutieli(pValues: readonly number[]): number[] {
  const harmonic = pValues.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  return adjust(pValues, 'descending', (p, rank, m) => (p * m * harmonic) / (rank + 1));
}

function adjust(
  pValues: readonly number[],
  direction: 'ascending' | 'descending',
  scale: (p: number, rank: number, m: number) => number,
): number[] {
  for (const p of pValues) if (!(p >= 0 && p <= 1)) throw optionInvalid('p-value', p, 'a number from 0 to 1');
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
  const scaled = order.map((i, rank) => scale(pValues[i]!, rank, pValues.length));
  // Adjusted values keep the order of the p-values.
  if (direction === 'ascending')
    for (let rank = 1; rank < scaled.length; rank++)
      scaled[rank] = Math.max(scaled[rank]!, scaled[rank - 1]!);
  else
    for (let rank = scaled.length - 2; rank >= 0; rank--)
      scaled[rank] = Math.min(scaled[rank]!, scaled[rank + 1]!);
  const adjusted = new Array<number>(pValues.length);
  order.forEach((i, rank) => {
    adjusted[i] = Math.min(1, scaled[rank]!);
  });
  return adjusted;
}
