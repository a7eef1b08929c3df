import {
  defaultRecipe,
  fitLogistic,
  type LogisticModel,
  type Population,
  runInsights,
  type Space,
} from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel/random';
import { fitBasis, computeMoments, project } from '@noema/perception';
import { judgeMean, judgeValue } from './figures.js';
import type { BenchOptions, BenchRow, InsightBench } from './insight.bench.js';
import { pickRows, type Source } from './sources/source.js';
import { readSource } from './sources/sources.js';

const SOURCES = ['digits', 'fashion'] as const;
const SEEDS = 5;
const [POOL, VALIDATION, TEST] = [2000, 150, 2000];
/** Labels after each round; the first ones are random for both. */
const ROUNDS = [20, 40, 60, 80, 120, 160, 200, 260, 340, 440, 600, 800];
const DIMENSIONS = 32;
/** Share of the accuracy with all labels that must be reached. */
const TARGET = 0.95;
const [TRAINING, VALIDATING, UNLABELED] = [0, 1, 2];

/** A split of samples, and their vectors: the principal components of the inputs. */
interface Task {
  readonly source: Source;
  readonly vectors: Space;
  readonly pool: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** Labels that a logistic regression needs, chosen by the insight and at random. */
export const toLabelNextBench: InsightBench = {
  key: 'to-label-next',
  title: 'Labels to 95 % of the accuracy with all labels: logistic regression on components of the inputs',
  async run(print, options) {
    const rows: BenchRow[] = [];
    for (const key of SOURCES) {
      const ratios: number[] = [];
      const gaps: number[] = [];
      for (let seed = options.seed; seed < options.seed + (options.quick ? 1 : SEEDS); seed++) {
        const task = drawTask(readSource(key), seed);
        const limit = TARGET * measureAccuracy(task, task.pool);
        const ours = await follow(task, seed, (labeled, count) =>
          chooseNext(task, labeled, count, seed, options),
        );
        const random = await follow(task, seed, (labeled, count) => drawNext(task, labeled, count, seed));
        const needed = [ours, random].map((curve) => findLabels(curve, limit));
        ratios.push(needed[0]! / needed[1]!);
        gaps.push(Math.min(...ours.map((accuracy, at) => accuracy - random[at]!)));
        print(`${key}, seed ${seed}: ${needed.map((labels) => labels.toFixed(0)).join(' labels, random ')}`);
      }
      rows.push(
        judgeMean(`labels, as a share of random's, ${key}`, ratios, { atMost: 0.5 }),
        judgeValue(`largest share of random's labels, ${key}`, Math.max(...ratios), '', { atMost: 1.05 }),
        judgeMean(`worst difference of the accuracies at the same number of labels, ${key}`, gaps, {
          atLeast: -0.05,
        }),
      );
    }
    return rows;
  },
};

function drawTask(all: Source, seed: number): Task {
  const rows = permutation(all.n, seededRandom(seed, 0x7461736b)).subarray(0, POOL + VALIDATION + TEST);
  const source = pickRows(all, rows);
  const size = source.inputs.length / source.n;
  const layout = { layers: [{ name: 'input', units: size }] };
  const basis = fitBasis(
    computeMoments(source.inputs, size),
    layout,
    { kind: 'all' },
    { maxDimensions: DIMENSIONS, varianceKept: 0.999 },
  );
  const values = project(basis, source.inputs);
  const range = (from: number, count: number): Int32Array =>
    Int32Array.from({ length: count }, (_, at) => from + at);
  return {
    source,
    vectors: { key: 'vectors', title: 'Inputs', depth: undefined, width: values.length / source.n, values },
    pool: range(0, POOL),
    validation: range(POOL, VALIDATION),
    test: range(POOL + VALIDATION, TEST),
  };
}

const fit = ({ source, vectors }: Task, labeled: Int32Array): LogisticModel =>
  fitLogistic(
    {
      values: vectors.values,
      width: vectors.width,
      labels: source.labels,
      classes: source.classNames.length,
    },
    labeled,
    { l2: 1, maxIterations: 60 },
  );

/** Returns the log-probabilities of some rows, [rows, classes]. */
function predict({ source, vectors }: Task, model: LogisticModel, rows: Int32Array): Float64Array {
  const classes = source.classNames.length;
  const logs = new Float64Array(rows.length * classes);
  rows.forEach((row, at) => {
    model.predict(vectors.values, row, logs.subarray(at * classes, (at + 1) * classes));
  });
  return logs;
}

function measureAccuracy(task: Task, labeled: Int32Array): number {
  const { source, test } = task;
  const classes = source.classNames.length;
  const logs = predict(task, fit(task, labeled), test);
  const hits = test.filter((row, at) => {
    const own = logs.subarray(at * classes, (at + 1) * classes);
    return own.indexOf(Math.max(...own)) === source.labels[row];
  });
  return hits.length / test.length;
}

/** Returns the accuracy after each round. */
async function follow(
  task: Task,
  seed: number,
  choose: (labeled: Int32Array, count: number) => Promise<Int32Array> | Int32Array,
): Promise<number[]> {
  let labeled = Int32Array.from(permutation(POOL, seededRandom(seed, 1)).subarray(0, ROUNDS[0]));
  const curve = [measureAccuracy(task, labeled)];
  for (const size of ROUNDS.slice(1)) {
    labeled = Int32Array.from([...labeled, ...(await choose(labeled, size - labeled.length))]);
    curve.push(measureAccuracy(task, labeled));
  }
  return curve;
}

/** Number of labels at which a curve reaches the limit, between rounds by a straight line; twice the last if never. */
function findLabels(curve: readonly number[], limit: number): number {
  const at = curve.findIndex((accuracy) => accuracy >= limit);
  if (at === -1) return 2 * ROUNDS.at(-1)!;
  if (at === 0) return ROUNDS[0]!;
  const share = (limit - curve[at - 1]!) / (curve[at]! - curve[at - 1]!);
  return ROUNDS[at - 1]! + share * (ROUNDS[at]! - ROUNDS[at - 1]!);
}

function drawNext({ pool }: Task, labeled: Int32Array, count: number, seed: number): Int32Array {
  const taken = new Set(labeled);
  const rest = pool.filter((row) => !taken.has(row));
  const order = permutation(rest.length, seededRandom(seed, 2, labeled.length));
  return Int32Array.from(order.subarray(0, count), (at) => rest[at]!);
}

async function chooseNext(
  task: Task,
  labeled: Int32Array,
  count: number,
  seed: number,
  { threads }: BenchOptions,
): Promise<Int32Array> {
  const recipe = defaultRecipe(['to-label-next'], seed);
  const kinds = recipe.kinds.map((kind) => ({ ...kind, parameters: { ...kind.parameters, count } }));
  const [outcome] = await runInsights(describe(task, labeled), { ...recipe, kinds }, { threads });
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.report.findings[0]!.members;
}

/** The population of a platform: labels of chosen and validation samples, and the predictions of the model. */
function describe(task: Task, labeled: Int32Array): Population {
  const { source, vectors, validation } = task;
  const n = POOL + VALIDATION;
  const classes = source.classNames.length;
  const rows = Int32Array.from({ length: n }, (_, row) => row);
  const logs = predict(task, fit(task, labeled), rows);
  const splitCodes = new Uint8Array(n).fill(UNLABELED);
  for (const row of labeled) splitCodes[row] = TRAINING!;
  for (const row of validation) splitCodes[row] = VALIDATING!;
  const labels = Int32Array.from(rows, (row) => (splitCodes[row] === UNLABELED ? -1 : source.labels[row]!));
  return {
    n,
    task: 'multi-class',
    classNames: source.classNames,
    splitCodes,
    splits: ['training', 'validation', 'unlabeled'],
    labels,
    losses: Float32Array.from(labels, (label, row) => (label < 0 ? NaN : -logs[row * classes + label]!)),
    probabilities: Float32Array.from(logs, (log) => Math.exp(log)),
    history: [],
    spaces: [{ ...vectors, values: vectors.values.subarray(0, n * vectors.width) }],
    metadata: [],
  };
}
