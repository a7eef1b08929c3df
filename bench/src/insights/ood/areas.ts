import { judgeOutliers, type OutlierView } from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel/random';
import type { Planted } from './planted.js';
import { type Answers, REFERENCES } from './references.js';

/** Area under the curve of each score on one kind of outlier. */
export interface Areas {
  readonly name: string;
  readonly near: boolean;
  readonly byScore: ReadonlyMap<string, number>;
}

/**
 * Measures our score, its views and the published scores on clean samples against each kind of outlier. `views` are of
 * `rows`: the clean rows, then the outliers. Half of the clean rows calibrate our score; all scores are measured on the
 * other half.
 */
export async function measureAreas(
  planted: Planted,
  rows: Int32Array,
  views: readonly OutlierView[],
  seed: number,
): Promise<Areas[]> {
  const { cleanRows, outliers, trainingRows } = planted;
  const clean = Int32Array.from(permutation(cleanRows.length, seededRandom(seed, 4)));
  const half = clean.length >> 1;
  const [calibration, tested] = [clean.subarray(0, half), clean.subarray(half)];
  const all = Int32Array.from([...trainingRows, ...rows]);
  const answers = readAnswers(planted, all);
  const scores = new Map<string, Float64Array>();
  for (const [name, score] of Object.entries(REFERENCES))
    scores.set(name, (await score(answers)).subarray(trainingRows.length));
  for (const { title, scores: own } of views) scores.set(`view ${title}`, own);
  const positions = Int32Array.from(rows.keys());
  const judged = judgeOutliers(views, calibration, positions, { q: 0.1, risk: 0.05 });
  scores.set('ours', judged.scores);
  let start = cleanRows.length;
  return outliers.map(({ name, near, rows: own }) => {
    const outside = Int32Array.from({ length: own.length }, (_, i) => start + i);
    start += own.length;
    const byScore = [...scores].map(([key, values]) => [key, area(values, tested, outside)] as const);
    return { name, near, byScore: new Map(byScore) };
  });
}

/** Chance that an outlier has a larger score than a clean sample, ties by half. */
function area(scores: Float64Array, clean: Int32Array, outside: Int32Array): number {
  const rows = [...clean, ...outside];
  const sorted = [...new Set(rows.map((row) => scores[row]!))].sort((a, b) => a - b);
  const rank = new Map(sorted.map((score, at) => [score, at]));
  const [below, own] = [new Float64Array(sorted.length + 1), new Float64Array(sorted.length)];
  for (const row of clean) own[rank.get(scores[row]!)!]!++;
  own.forEach((count, at) => {
    below[at + 1] = below[at]! + count;
  });
  let sum = 0;
  for (const row of outside) {
    const at = rank.get(scores[row]!)!;
    sum += below[at]! + own[at]! / 2;
  }
  return sum / (clean.length * outside.length);
}

function readAnswers({ population, trainingRows }: Planted, rows: Int32Array): Answers {
  const { n, units, labels, classNames, probabilities } = population;
  const classes = classNames.length;
  const offsets: number[] = [0];
  for (const { units: count } of units!.layers) offsets.push(offsets.at(-1)! + count);
  const [features, logits, end] = offsets.slice(-3) as [number, number, number];
  const read = (from: number, to: number): Float32Array => {
    const width = to - from;
    return Float32Array.from({ length: rows.length * width }, (_, at) => {
      const unit = from + (at % width);
      return units!.values[unit * n + rows[Math.floor(at / width)]!]!;
    });
  };
  return {
    n: rows.length,
    training: trainingRows.length,
    classes,
    labels: Array.from(trainingRows, (row) => labels![row]!),
    features: read(features, logits),
    logits: read(logits, end),
    probabilities: Float32Array.from(
      { length: rows.length * classes },
      (_, at) => probabilities![rows[Math.floor(at / classes)]! * classes + (at % classes)]!,
    ),
    units: Float32Array.from(
      { length: end * rows.length },
      (_, at) => units!.values[Math.floor(at / rows.length) * n + rows[at % rows.length]!]!,
    ),
  };
}
