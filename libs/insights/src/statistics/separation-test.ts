import { type Directions, scoreSides } from './leave-one-out.js';
import { permutedTail } from './permuted-tail.js';
import { averageRanks } from './spearman.js';

/** How well the values of one view separate two sides. */
export interface Separation {
  /** Probability that a score of side 1 exceeds one of side 0; a tie counts half. */
  readonly area: number;
  readonly pValue: number;
  /** Higher on side 1, by a classifier that has not learned from the row, [n]. */
  readonly scores: Float64Array;
}

export interface SeparationOptions {
  readonly permutations: number;
  /** Writes other sides, each as likely as the real ones if the sides do not matter. */
  readonly shuffle: (sides: Uint8Array) => void;
}

/** Exceedances after which the sides have seen enough. */
const ENOUGH = 20;
/** Directions of the scores whose tails are weighed, and steps of the weight; the largest weight is e⁶. */
const [STEPS, LARGEST] = [4, Math.exp(6)];

/**
 * Tests whether two sides have one distribution in several views (classifier two-sample test, Lopez-Paz & Oquab 2017).
 * A row weighs e^(αs), s being its standardised score and α = ±½, ±1, ±1½, ±2: a shift of one row in ten hardly moves
 * the mean of the scores, but fills a tail, which large α see. Squares of the differences of the sides, in standard
 * errors, are added up over the views: one clear view counts as much as weak signs in several. The root of the sum for
 * the best α is compared to that of permuted sides, with a new fit each, so that the level holds for any dependence of
 * views and weights. It stops after 20 exceedances (Besag & Clifford 1991).
 */
export function separationTest(
  views: readonly (readonly Directions[])[],
  sides: Uint8Array,
  { permutations, shuffle }: SeparationOptions,
): { readonly pValue: number; readonly views: Separation[] } {
  const measure = (own: Uint8Array): number[][] =>
    views.map((parts) =>
      addUp(parts.map((part) => weighTails(scoreSides(part, own), own).map((one) => Math.max(0, one) ** 2))),
    );
  const largest = (all: readonly number[][]): number => Math.sqrt(Math.max(0, ...addUp(all)));
  const real = measure(sides);
  const observed = [largest(real), ...real.map((one) => largest([one]))];
  const draws = observed.map((): number[] => []);
  const drawn = sides.slice();
  for (let at = 0, exceedances = 0; at < permutations && exceedances < ENOUGH; at++) {
    shuffle(drawn);
    const all = measure(drawn);
    [largest(all), ...all.map((one) => largest([one]))].forEach((one, i) => draws[i]!.push(one));
    exceedances += Number(draws[0]!.at(-1)! >= observed[0]!);
  }
  const [pValue, ...byView] = observed.map((one, i) => permutedTail(one, draws[i]!));
  return {
    pValue: draws[0]!.length < permutations ? ENOUGH / draws[0]!.length : pValue!,
    views: views.map((parts, at) => {
      const scores = new Float64Array(sides.length);
      for (const part of parts)
        scoreSides(part, sides).forEach((score, row) => (scores[row]! += score / parts.length));
      return { area: measureArea(scores, sides), pValue: byView[at]!, scores };
    }),
  };
}

/** Sums of the columns. */
const addUp = (rows: readonly (readonly number[])[]): number[] =>
  (rows[0] ?? []).map((_, at) => rows.reduce((sum, row) => sum + row[at]!, 0));

/** Differences of the mean weight between the sides, in standard errors: α = ½, 1, 1½, 2, and the same below 0. */
function weighTails(scores: Float64Array, sides: Uint8Array): number[] {
  const n = scores.length;
  let [mean, squares, b] = [0, 0, 0];
  for (let row = 0; row < n; row++) mean += scores[row]! / n;
  for (let row = 0; row < n; row++) squares += (scores[row]! - mean) ** 2 / n;
  for (let row = 0; row < n; row++) b += sides[row]!;
  const differences = new Array<number>(2 * STEPS).fill(0);
  if (!(squares > 1e-24) || b === 0 || b === n) return differences;
  const scale = 1 / (2 * Math.sqrt(squares));
  const [sums, ofB, squared] = [0, 0, 0].map(() => new Float64Array(2 * STEPS)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let row = 0; row < n; row++) {
    const base = Math.exp(Math.min(300, Math.max(-300, (scores[row]! - mean) * scale)));
    const side = sides[row]!;
    let weight = 1;
    for (let step = 0; step < STEPS; step++) {
      weight *= base;
      const up = Math.min(LARGEST, weight);
      const down = Math.min(LARGEST, 1 / weight);
      sums[step]! += up;
      squared[step]! += up * up;
      ofB[step]! += side * up;
      sums[STEPS + step]! += down;
      squared[STEPS + step]! += down * down;
      ofB[STEPS + step]! += side * down;
    }
  }
  return differences.map((_, at) => {
    const variance = squared[at]! / n - (sums[at]! / n) ** 2;
    if (!(variance > 0)) return 0;
    const difference = ofB[at]! / b - (sums[at]! - ofB[at]!) / (n - b);
    return ((at < STEPS ? 1 : -1) * difference) / Math.sqrt(variance * (1 / b + 1 / (n - b)));
  });
}

/** Area under the ROC curve (Mann & Whitney 1947). */
function measureArea(scores: Float64Array, sides: Uint8Array): number {
  const ranks = averageRanks(scores);
  let [sum, b] = [0, 0];
  for (let row = 0; row < scores.length; row++)
    if (sides[row] === 1) {
      sum += ranks[row]!;
      b++;
    }
  const a = scores.length - b;
  return a === 0 || b === 0 ? 0.5 : (sum - (b * (b + 1)) / 2) / (a * b);
}
