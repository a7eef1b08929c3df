import { computeMoments } from '@noema/evaluation';
import type { Population } from '../../population/population.js';
import { welchGreater } from '../../statistics/welch.js';
import type { MatchedRows } from './match.js';

/** Loss of side B against side A on samples of the same classes. */
export interface LossGap {
  readonly meanA: number;
  readonly meanB: number;
  /** The losses, [count] each. */
  readonly lossesA: Float64Array;
  readonly lossesB: Float64Array;
  /** Two-sided. */
  readonly pValue: number;
  readonly count: number;
  /** Difference that remains between samples of the same class and confidence; NaN where none match. */
  readonly atEqualConfidence: number;
  /** Share of correct samples of each side; NaN where that is unknown. */
  readonly correctA: number;
  readonly correctB: number;
}

/** Compares the losses of matched rows, clipped at their 99.5 % quantile; undefined with fewer than two on a side. */
export function compareLosses(population: Population, matched: MatchedRows): LossGap | undefined {
  const { losses } = population;
  if (losses === undefined) return undefined;
  const both = [...matched.a.keys()].filter(
    (i) => Number.isFinite(losses[matched.a[i]!]) && Number.isFinite(losses[matched.b[i]!]),
  );
  const [a, b] = [matched.a, matched.b].map((rows) => Int32Array.from(both, (i) => rows[i]!));
  if (both.length < 2) return undefined;
  const limit = findLimit(losses, [...a!, ...b!]);
  const [lossA, lossB] = [a, b].map((rows) =>
    Float64Array.from(rows!, (row) => Math.min(limit, losses[row]!)),
  );
  const [momentsA, momentsB] = [computeMoments(lossA!), computeMoments(lossB!)];
  const pValue = 2 * Math.min(welchGreater(momentsB, momentsA), welchGreater(momentsA, momentsB));
  return {
    meanA: momentsA.mean,
    meanB: momentsB.mean,
    lossesA: lossA!,
    lossesB: lossB!,
    pValue: Math.min(1, pValue),
    count: both.length,
    atEqualConfidence: matchConfidence(population, a!, b!, limit),
    correctA: shareCorrect(population, a!),
    correctB: shareCorrect(population, b!),
  };
}

function findLimit(losses: Float32Array, rows: readonly number[]): number {
  const rising = Float32Array.from(rows, (row) => losses[row]!).sort();
  return rising[Math.min(rising.length - 1, Math.floor(0.995 * rising.length))]!;
}

function shareCorrect({ labels, predicted }: Population, rows: Int32Array): number {
  if (labels === undefined || predicted === undefined) return NaN;
  return rows.reduce((sum, row) => sum + Number(labels[row] === predicted[row]), 0) / rows.length;
}

const CONFIDENCE_BINS = 10;

/** Mean difference inside of cells of class and confidence, weighted by the rows of B. */
function matchConfidence(
  { n, probabilities, labels, losses }: Population,
  a: Int32Array,
  b: Int32Array,
  limit: number,
): number {
  if (probabilities === undefined) return NaN;
  const width = probabilities.length / n;
  const cell = (row: number): number => {
    const confidence = Math.max(...probabilities.subarray(row * width, (row + 1) * width));
    const bin = Math.min(CONFIDENCE_BINS - 1, Math.floor(confidence * CONFIDENCE_BINS));
    return (labels?.[row] ?? 0) * CONFIDENCE_BINS + bin;
  };
  const sums = new Map<number, [number, number, number, number]>();
  [a, b].forEach((rows, side) => {
    for (const row of rows) {
      const own = sums.get(cell(row)) ?? [0, 0, 0, 0];
      own[2 * side]!++;
      own[2 * side + 1]! += Math.min(limit, losses![row]!);
      sums.set(cell(row), own);
    }
  });
  let [total, weight] = [0, 0];
  for (const [countA, sumA, countB, sumB] of sums.values())
    if (countA > 0 && countB > 0) {
      total += sumB - (countB * sumA) / countA;
      weight += countB;
    }
  return weight === 0 ? NaN : total / weight;
}
