import { normalCdf } from '@noema/evaluation';
import { combineBonferroni } from './bonferroni.js';
import { fisherGreater } from './fisher.js';
import { averageRanks } from './spearman.js';

/** How well scores separate two sides. */
export interface Separation {
  /** Probability that a score of B exceeds one of A; a tie counts half. */
  readonly area: number;
  /** That the scores of both sides have one distribution. */
  readonly pValue: number;
}

/** Share of the highest and of the lowest scores that is counted on its own. */
const TAIL = 0.05;

/**
 * Tests whether scores are higher on side B than on side A, where a model has learned the scores without the rows that
 * it scores (classifier two-sample test, Lopez-Paz & Oquab 2017): by their ranks (Mann & Whitney 1947), and by the
 * sides of the highest and the lowest 5 %, because a shift of one row in ten hardly moves the ranks but fills a tail.
 * The p-value is three times the smallest.
 */
export function separationTest(scores: Float64Array, isB: ArrayLike<number>): Separation {
  const n = scores.length;
  const ranks = averageRanks(scores);
  let [sum, b] = [0, 0];
  for (let i = 0; i < n; i++)
    if (isB[i] === 1) {
      sum += ranks[i]!;
      b++;
    }
  const a = n - b;
  if (a === 0 || b === 0) return { area: 0.5, pValue: 1 };
  const wins = sum - (b * (b + 1)) / 2;
  const z = (wins - (a * b) / 2) / Math.sqrt((a * b * (n + 1)) / 12);
  const order = [...scores.keys()].sort((i, j) => scores[j]! - scores[i]! || i - j);
  const tail = (rows: readonly number[], wanted: 0 | 1): number => {
    const hits = rows.reduce((count, row) => count + Number(isB[row] === wanted), 0);
    const all = wanted === 1 ? b : a;
    return fisherGreater({
      insideHits: hits,
      insideCount: rows.length,
      outsideHits: all - hits,
      outsideCount: n - rows.length,
    });
  };
  const count = Math.max(1, Math.round(TAIL * n));
  const pValue = combineBonferroni([
    normalCdf(-z),
    tail(order.slice(0, count), 1),
    tail(order.slice(-count), 0),
  ]);
  return { area: wins / (a * b), pValue };
}
