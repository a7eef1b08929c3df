import type { Population } from '../../population/population.js';
import { combineBonferroni } from '../../statistics/bonferroni.js';
import { crossFitLogistic } from '../../statistics/cross-fit.js';
import { smirnovTest } from '../../statistics/kolmogorov-smirnov.js';
import { mmdTest } from '../../statistics/mmd.js';
import { separationTest } from '../../statistics/separation-test.js';
import { type DepthView, readStandardised, toView } from './depth-views.js';
import type { MatchedRows } from './match.js';

/** Comparison of both sides at one depth. */
export interface DepthComparison {
  readonly title: string;
  readonly depth: number;
  /** Area under the ROC curve of a classifier of the sides. */
  readonly area: number;
  readonly pValue: number;
  /** Log-odds of side B of each row, A first, by a classifier that has not learned from it. */
  readonly scores: Float64Array;
}

export interface ResponseComparison {
  readonly depths: readonly DepthComparison[];
  /** Of the mean discrepancy of the perception vectors; NaN where left out. */
  readonly vectorPValue: number;
  /** Of the probabilities of the classes; NaN without them. */
  readonly outputPValue: number;
  /** Of all depths, the vectors and the probabilities. */
  readonly pValue: number;
}

export interface CompareOptions {
  readonly permutations: number;
  readonly seed: number;
  /** Leaves out what depends on late layers: vectors and probabilities. */
  readonly isInputOnly?: boolean;
}

/** A weak penalty: small shifts hide in combinations of units with little variance. */
const L2 = 0.1;
const ITERATIONS = 100;
const FREQUENCIES = 32;

/** Tests whether the responses of both sides have one distribution, at each depth and at the output. */
export function compareResponses(
  population: Population,
  views: readonly DepthView[],
  { a, b }: MatchedRows,
  options: CompareOptions,
): ResponseComparison {
  const rows = Int32Array.from([...a, ...b]);
  const sides = Int32Array.from(rows, (_, i) => Number(i >= a.length));
  const groups = population.groups && Int32Array.from(rows, (row) => population.groups![row]!);
  const depths = views.map((view): DepthComparison => {
    const values = readStandardised(view, rows);
    const all = [...rows.keys()];
    const data = { values, width: view.width, labels: sides, classes: 2 };
    const { logs } = crossFitLogistic(data, all, {
      seed: options.seed,
      groups,
      l2: L2,
      maxIterations: ITERATIONS,
    });
    const scores = Float64Array.from(all, (i) => logs[2 * i + 1]! - logs[2 * i]!);
    const { area, pValue } = separationTest(scores, sides);
    const { title, depth } = view;
    return { title, depth, area, scores, pValue };
  });
  const vectorPValue = options.isInputOnly ? NaN : compareVectors(population, rows, a.length, options);
  const outputPValue = options.isInputOnly ? NaN : compareOutputs(population, a, b);
  return {
    depths,
    vectorPValue,
    outputPValue,
    pValue: combineBonferroni([...depths.map(({ pValue }) => pValue), vectorPValue, outputPValue]),
  };
}

function compareVectors(
  { spaces }: Population,
  rows: Int32Array,
  sizeA: number,
  options: CompareOptions,
): number {
  const view = toView(spaces[0]!);
  const values = readStandardised(view, rows);
  const all = [...rows.keys()];
  return mmdTest({ values, width: view.width }, all.slice(0, sizeA), all.slice(sizeA), {
    ...options,
    frequencies: FREQUENCIES,
  }).pValue;
}

/** Smallest p-value over classes of the probabilities of both sides, times their number (Rabanser et al. 2019). */
function compareOutputs({ n, probabilities }: Population, a: Int32Array, b: Int32Array): number {
  if (probabilities === undefined) return NaN;
  const width = probabilities.length / n;
  const pValues = Array.from({ length: width }, (_, c) => {
    const [left, right] = [a, b].map((rows) =>
      Float32Array.from(rows, (row) => probabilities[row * width + c]!),
    );
    return smirnovTest(left!, right!).pValue;
  });
  return Math.min(1, width * Math.min(1, ...pValues));
}
