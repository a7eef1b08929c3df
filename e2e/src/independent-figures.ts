import type { Exported } from './exported-population.js';

export interface Figures {
  readonly trustworthiness: number;
  readonly continuity: number;
  readonly knnOverlap: number;
  readonly labelAgreementMap: number;
  readonly labelAgreementVectors: number;
}

const K = 15;
const LABEL_K = 10;

/**
 * The figures of a map by their definitions (Venna & Kaski 2001), from all pairwise distances and without any
 * of our libraries: trustworthiness and continuity are 1 − 2/(nk(2n−3k−1)) · Σ (rank − k) over the intruders
 * and over the missing ones.
 */
export function independentFigures(exported: Exported): Figures {
  const { rows: n, label } = exported;
  const [near, far] = [new Float64Array(n), new Float64Array(n)];
  let [intruders, missing, common, sameMap, sameVectors] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    mapDistances(exported, i, near);
    vectorDistances(exported, i, far);
    const [inMap, inSpace] = [nearest(near, i), nearest(far, i)];
    intruders += excessRanks(far, i, without(inMap, inSpace));
    missing += excessRanks(near, i, without(inSpace, inMap));
    common += inMap.filter((j) => inSpace.includes(j)).length;
    sameMap += inMap.slice(0, LABEL_K).filter((j) => label[j] === label[i]).length;
    sameVectors += inSpace.slice(0, LABEL_K).filter((j) => label[j] === label[i]).length;
  }
  const scale = 2 / (n * K * (2 * n - 3 * K - 1));
  return {
    trustworthiness: 1 - scale * intruders,
    continuity: 1 - scale * missing,
    knnOverlap: common / (n * K),
    labelAgreementMap: sameMap / (n * LABEL_K),
    labelAgreementVectors: sameVectors / (n * LABEL_K),
  };
}

function mapDistances({ x, y, rows }: Exported, i: number, into: Float64Array): void {
  for (let j = 0; j < rows; j++) into[j] = (x[j]! - x[i]!) ** 2 + (y[j]! - y[i]!) ** 2;
}

function vectorDistances({ vectors, dimensions: d, rows }: Exported, i: number, into: Float64Array): void {
  for (let j = 0; j < rows; j++) {
    let sum = 0;
    for (let c = 0; c < d; c++) {
      const difference = vectors[i * d + c]! - vectors[j * d + c]!;
      sum += difference * difference;
    }
    into[j] = sum;
  }
}

/** The K rows with the smallest distances, nearest first, without the row itself. */
function nearest(distance: Float64Array, self: number): number[] {
  const best: number[] = [];
  for (let j = 0; j < distance.length; j++) {
    if (j === self || (best.length === K && distance[j]! >= distance[best[K - 1]!]!)) continue;
    let at = best.length;
    while (at > 0 && distance[best[at - 1]!]! > distance[j]!) at--;
    best.splice(at, 0, j);
    if (best.length > K) best.pop();
  }
  return best;
}

/** The rows that are not among the others. */
const without = (rows: readonly number[], others: readonly number[]): number[] =>
  rows.filter((row) => !others.includes(row));

/** Sum of rank − K over the rows. The rank of the nearest row is 1; of two rows as near, the first is nearer. */
function excessRanks(distance: Float64Array, self: number, rows: readonly number[]): number {
  const farthest = Math.max(...rows.map((row) => distance[row]!));
  // Ranks are counted among the rows that are near enough to change one.
  const candidates: number[] = [];
  for (let j = 0; j < distance.length; j++) if (j !== self && distance[j]! <= farthest) candidates.push(j);
  let sum = 0;
  for (const row of rows) {
    let rank = 1;
    for (const j of candidates)
      if (distance[j]! < distance[row]! || (distance[j] === distance[row] && j < row)) rank++;
    sum += rank - K;
  }
  return sum;
}
