import { setImmediate } from 'node:timers/promises';
import { sortedQuantile } from '@noema/kernel';
import type { RankedEvaluation } from './evaluation.js';
import { countLosses, type LossBin, lossEdges } from './loss.bins.js';

export interface ClassCount {
  readonly classIndex: number;
  trueCount: number;
  predictedCount: number;
}

export interface ConfusionCell {
  readonly trueClass: number;
  readonly predictedClass: number;
  count: number;
}

/**
 * Summary of the evaluations of a part of the population; a value is 0 where there is nothing to compute it
 * from.
 */
export interface EvaluationSummary {
  readonly count: number;
  /** Samples with a loss. */
  readonly lossCount: number;
  readonly meanLoss: number;
  /** Standard deviation with n − 1. */
  readonly lossDeviation: number;
  readonly medianLoss: number;
  /** Loss that a tenth of the samples exceeds. */
  readonly highLoss: number;
  /** Share of the samples with a class that are predicted correctly. */
  readonly accuracy: number;
  /** Samples with a true class. */
  readonly classCount: number;
  readonly losses: readonly LossBin[];
  /** By class. */
  readonly classes: readonly ClassCount[];
  /** By true and predicted class. */
  readonly confusion: readonly ConfusionCell[];
}

/** Rows between two pauses, in which other work goes on. */
const SLICE_ROWS = 65_536;

/** The selected rows, given rising, against all others. */
export async function compareParts(
  ranked: RankedEvaluation,
  selected: Int32Array,
): Promise<{ selected: EvaluationSummary; rest: EvaluationSummary }> {
  const { rows, hasLoss, loss } = ranked.evaluation;
  const isSelected = new Uint8Array(rows);
  for (const row of selected) isSelected[row] = 1;
  const rising = [new Float32Array(rows), new Float32Array(rows)] as const;
  const counts: [number, number] = [0, 0];
  let smallestPositive = Infinity;
  for (let i = rows - 1; i >= 0; i--) {
    const row = ranked.byLoss[i]!;
    const part = isSelected[row] as 0 | 1;
    if (i % SLICE_ROWS === 0) await setImmediate();
    if (hasLoss[row] !== 1) continue;
    rising[part][counts[part]++] = loss[row]!;
    if (loss[row]! > 0) smallestPositive = Math.min(smallestPositive, loss[row]!);
  }
  const [rest, chosen] = [rising[0].subarray(0, counts[0]), rising[1].subarray(0, counts[1])];
  const edges = lossEdges(
    Math.min(rest[0] ?? Infinity, chosen[0] ?? Infinity),
    smallestPositive,
    Math.max(rest.at(-1) ?? -Infinity, chosen.at(-1) ?? -Infinity),
  );
  const summary = async (part: 0 | 1, losses: Float32Array): Promise<EvaluationSummary> => ({
    count: part === 1 ? selected.length : rows - selected.length,
    ...lossFacts(losses),
    losses: countLosses(edges, losses),
    ...(await classFacts(ranked, (row) => isSelected[row] === part)),
  });
  return { selected: await summary(1, chosen), rest: await summary(0, rest) };
}

function lossFacts(
  rising: Float32Array,
): Pick<EvaluationSummary, 'lossCount' | 'meanLoss' | 'lossDeviation' | 'medianLoss' | 'highLoss'> {
  const total = rising.reduce((sum, one) => sum + one, 0);
  const mean = rising.length === 0 ? 0 : total / rising.length;
  const squares = rising.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return {
    lossCount: rising.length,
    meanLoss: mean,
    lossDeviation: rising.length < 2 ? 0 : Math.sqrt(squares / (rising.length - 1)),
    medianLoss: quantile(rising, 0.5),
    highLoss: quantile(rising, 0.9),
  };
}

/** The quantile of rising values; 0 without values. */
const quantile = (rising: Float32Array, share: number): number =>
  rising.length === 0 ? 0 : sortedQuantile(rising, share);

async function classFacts(
  { evaluation: { rows, trueClass, predictedClass, correct } }: RankedEvaluation,
  isIn: (row: number) => boolean,
): Promise<Pick<EvaluationSummary, 'accuracy' | 'classCount' | 'classes' | 'confusion'>> {
  const classes = new Map<number, ClassCount>();
  const cells = new Map<number, Map<number, ConfusionCell>>();
  const getClass = (classIndex: number): ClassCount =>
    made(classes, classIndex, () => ({ classIndex, trueCount: 0, predictedCount: 0 }));
  let [labelled, right] = [0, 0];
  for (let row = 0; row < rows; row++) {
    if (row % SLICE_ROWS === SLICE_ROWS - 1) await setImmediate();
    if (!isIn(row)) continue;
    const truth = trueClass[row]!;
    const predicted = predictedClass[row]!;
    if (predicted >= 0) getClass(predicted).predictedCount++;
    if (truth < 0) continue;
    getClass(truth).trueCount++;
    labelled++;
    right += correct[row]!;
    if (predicted >= 0)
      made(
        made(cells, truth, () => new Map<number, ConfusionCell>()),
        predicted,
        () => ({ trueClass: truth, predictedClass: predicted, count: 0 }),
      ).count++;
  }
  return {
    accuracy: labelled === 0 ? 0 : right / labelled,
    classCount: labelled,
    classes: [...classes.values()].sort((a, b) => a.classIndex - b.classIndex),
    confusion: [...cells.values()]
      .flatMap((row) => [...row.values()])
      .sort((a, b) => a.trueClass - b.trueClass || a.predictedClass - b.predictedClass),
  };
}

function made<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}
