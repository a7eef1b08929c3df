import { nearestNeighbors, type NeighborGraph, points } from '@noema/manifold';
import type { SearchContext } from '../kinds/insight-kind.js';
import { assignFolds } from '../population/halves.js';
import { isComparable, pickPlaces } from '../population/places.js';
import type { Population, Space } from '../population/population.js';
import { type JudgedLabels, selectJudgedLabels } from './judged-labels.js';
import { canProbe, fitProbes } from './probes.js';
import { castVotes } from './votes.js';

/** Evidence for and against the label of each sample, without the use of that label. */
export interface LabelEvidence {
  readonly judged: JudgedLabels;
  /** Position of the most likely judged class other than the label, [n] int32. */
  readonly other: Int32Array;
  /** Probability of the label, of the other class, and the largest one of the rest, [n] float32. */
  readonly labelShare: Float32Array;
  readonly otherShare: Float32Array;
  readonly thirdShare: Float32Array;
  /** Views that were combined, for people. */
  readonly views: readonly string[];
  /** Omissions, and their reasons. */
  readonly remarks: readonly string[];
}

type Context = Pick<SearchContext, 'seed' | 'threads' | 'signal' | 'progress'>;

/** Adds its evidence for each judged class of a row to the sums. */
type View = (row: number, sums: Float64Array) => void;

/** Measured: neighbours are right about labels twice as often as probes where the two differ. */
const [PROBE_WEIGHT, VOTE_WEIGHT] = [1, 2];
const NEIGHBORS = 20;
const FOLDS = 5;
/** Judged samples below which nothing can be compared. */
const MIN_SAMPLES = 10;
/** Rows that a remark lists. */
const MAX_LISTED = 10;

/**
 * Weighs the classes of each sample: the average of out-of-fold logistic probes and of votes of the 20 nearest
 * neighbours, in the perception vectors and at two depths. A sample takes part in the spaces where its vector is
 * finite. Where no space exists, the probabilities of the model take their place; undefined where these are unknown as
 * well, or fewer than two classes can be judged. Memory: 16 bytes a sample, and 160 bytes a sample and space for
 * neighbours; nothing grows with samples times classes.
 */
export async function weighLabels(
  population: Population,
  context: Context,
): Promise<LabelEvidence | undefined> {
  const spaces = chooseSpaces(population.spaces.filter(({ width }) => width > 0));
  const places = spaces.map((space) => listPlaced(population, space));
  const known = new Uint8Array(population.n);
  for (const rows of places) for (const row of rows) known[row] = 1;
  if (spaces.length === 0) readKnown(population, known);
  const labels = population.labels!.map((label, row) => (known[row] === 1 ? label : -1));
  const judged = selectJudgedLabels({ labels });
  const remarks = [...describeRare(judged), ...describeUnknown(population, known)];
  if (judged.classCount < 2 || judged.rows.length < MIN_SAMPLES) return undefined;
  if (spaces.length === 0) return fromModel(population, judged, remarks);
  const views: View[] = [];
  const folds = assignFolds(population, FOLDS, context.seed);
  const isCopy = compareGroups(population);
  for (const [at, space] of spaces.entries()) {
    context.signal?.throwIfAborted();
    const rows = places[at]!;
    if (rows.length < population.n)
      remarks.push(
        `${population.n - rows.length} samples have no finite vector in the space ${space.title}.`,
      );
    const here = { ...judged, rows: judged.rows.filter((row) => isComparable(space, row)) };
    if (canProbe(space, judged))
      views.push(weigh(await fitProbes(space, here, { ...context, folds, foldCount: FOLDS }), PROBE_WEIGHT));
    const graph = await findNeighbors(population, space, rows, context);
    if (graph !== undefined)
      views.push(weigh(castVotes(graph, rows, here, { n: population.n, isCopy }), VOTE_WEIGHT));
    context.progress((at + 1) / spaces.length);
  }
  if (!spaces.every((space) => canProbe(space, judged)))
    remarks.push(
      `With ${judged.classCount} classes a probe would see too few samples of each: neighbors alone judge.`,
    );
  const titles = spaces.map(({ title }) => title);
  return { ...reduce(population.n, judged, views), judged, views: titles, remarks };
}

/**
 * The perception vectors, the middle depth and the last but one: early layers know no classes, and the last one
 * repeats the labels that it learned.
 */
export function chooseSpaces(spaces: readonly Space[]): Space[] {
  const depths = spaces.filter(({ depth }) => depth !== undefined);
  const chosen = [Math.floor((depths.length - 1) / 2), depths.length - 2].map(
    (at) => depths[Math.max(0, at)],
  );
  return spaces.filter((space) => space.depth === undefined || chosen.includes(space));
}

const listPlaced = ({ n }: Population, space: Space): Int32Array =>
  Int32Array.from({ length: n }, (_, row) => row).filter((row) => isComparable(space, row));

/** Marks rows with finite probabilities. */
function readKnown({ n, probabilities, classNames }: Population, known: Uint8Array): void {
  if (probabilities === undefined) return;
  const width = classNames.length;
  for (let row = 0; row < n; row++)
    known[row] = Number(probabilities.subarray(row * width, (row + 1) * width).every(Number.isFinite));
}

const describeRare = ({ rare }: JudgedLabels): string[] =>
  rare === 0
    ? []
    : [`${rare} labels of classes with fewer than 5 samples are not judged: nothing compares with them.`];

/** Names labelled rows without any finite vector or probability. */
function describeUnknown({ labels }: Population, known: Uint8Array): string[] {
  const rows = [...known.keys()].filter((row) => known[row] === 0 && labels![row]! >= 0);
  if (rows.length === 0) return [];
  const listed = rows.slice(0, MAX_LISTED).join(', ') + (rows.length > MAX_LISTED ? ', …' : '');
  return [
    `${rows.length} labels are not judged, because their samples have no finite vector: rows ${listed}.`,
  ];
}

/** Neighbours among some rows, numbered by their place in `rows`; undefined with fewer than two. */
async function findNeighbors(
  { n, spaces, neighbors }: Population,
  space: Space,
  rows: Int32Array,
  { seed, threads, signal }: Context,
): Promise<NeighborGraph | undefined> {
  const isWhole = rows.length === n;
  if (isWhole && space === spaces[0] && neighbors !== undefined && neighbors.k >= Math.min(15, n - 1))
    return neighbors;
  if (rows.length < 2) return undefined;
  const cloud = points(isWhole ? space.values : pickPlaces(space, rows), space.width);
  const options = { seed, threads, ...(signal && { signal }) };
  return (await nearestNeighbors(cloud, Math.min(NEIGHBORS, rows.length - 1), options)).graph;
}

/** Whether two samples have the same value of the group column. */
function compareGroups({ metadata, groupColumn }: Population): (row: number, other: number) => boolean {
  const column = metadata.find(({ name }) => name === groupColumn);
  if (column === undefined) return () => false;
  const values = column.type === 'number' ? column.values : column.codes;
  const isMissing = (value: number): boolean =>
    Number.isNaN(value) || (column.type === 'category' && value < 0);
  return (row, other) => values[row] === values[other] && !isMissing(values[row]!);
}

function weigh(view: View, weight: number): View {
  return (row, sums) => {
    const own = new Float64Array(sums.length);
    view(row, own);
    for (let c = 0; c < sums.length; c++) sums[c]! += weight * own[c]!;
  };
}

function fromModel(
  { n, probabilities, classNames }: Population,
  judged: JudgedLabels,
  remarks: readonly string[],
): LabelEvidence {
  const read: View = (row, sums) => {
    for (let c = 0; c < sums.length; c++)
      sums[c] = probabilities![row * classNames.length + judged.labels[c]!]!;
  };
  return {
    ...reduce(n, judged, [read]),
    judged,
    views: ['Probabilities of the model'],
    remarks: [
      ...remarks,
      'Without perception vectors the model judges labels from which it learned; it may know wrong ones by heart.',
    ],
  };
}

/** Adds the views of each row, divides by their sum, and keeps the numbers of a ranking. */
function reduce(n: number, { rows, classes, classCount }: JudgedLabels, views: readonly View[]) {
  const [labelShare, otherShare, thirdShare] = [
    new Float32Array(n),
    new Float32Array(n),
    new Float32Array(n),
  ];
  const other = new Int32Array(n).fill(-1);
  const sums = new Float64Array(classCount);
  for (const row of rows) {
    sums.fill(0);
    for (const view of views) view(row, sums);
    const total = sums.reduce((a, b) => a + b, 0) || 1;
    const label = classes[row]!;
    let first = -1;
    let second = 0;
    for (let c = 0; c < classCount; c++) {
      if (c === label) continue;
      if (sums[c]! > first) {
        [first, second] = [sums[c]!, Math.max(0, first)];
        other[row] = c;
      } else second = Math.max(second, sums[c]!);
    }
    labelShare[row] = sums[label]! / total;
    otherShare[row] = first / total;
    thirdShare[row] = second / total;
  }
  return { other, labelShare, otherShare, thirdShare };
}
