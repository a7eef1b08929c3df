import { nearestNeighbors, points } from '@noema/manifold';
import { formatCount } from '../finding/numbers.js';
import type { SearchContext } from '../kinds/insight-kind.js';
import { findGroupColumn, isMissing } from '../population/groups.js';
import { assignFolds } from '../population/halves.js';
import type { Population, Space } from '../population/population.js';
import { type JudgedLabels, selectJudgedLabels } from './judged-labels.js';
import { probeOutOfFold } from './probes.js';
import { voteByNeighbors } from './votes.js';

/** Evidence for each class of each sample that does not use its own label. */
export interface LabelEvidence {
  readonly judged: JudgedLabels;
  /** Probability of each judged class, [n, classes] float32; rows sum to 1. */
  readonly probabilities: Float32Array;
  /** Views that were combined, for people. */
  readonly views: readonly string[];
  /** Views that were left out, and why. */
  readonly remarks: readonly string[];
}

/** Measured: neighbours are right about labels twice as often as probes where the two differ. */
const [PROBE_WEIGHT, VOTE_WEIGHT] = [1, 2];
const NEIGHBORS = 20;
const FOLDS = 5;
/** Judged samples below which nothing can be compared. */
const MIN_SAMPLES = 10;

/**
 * Returns the evidence for the classes of each sample: the average of out-of-fold logistic probes and of votes of the
 * 20 nearest neighbours, in the perception vectors and at two depths. Where no space exists, the probabilities of the
 * model take their place; undefined where these are unknown as well, or fewer than two classes can be judged.
 */
export async function weighLabels(
  population: Population,
  context: Pick<SearchContext, 'seed' | 'threads' | 'signal' | 'progress'>,
): Promise<LabelEvidence | undefined> {
  const judged = selectJudgedLabels(population);
  const remarks =
    judged.rare === 0
      ? []
      : [
          `${formatCount(judged.rare)} labels of classes with fewer than 5 samples are not judged: ` +
            `nothing compares with them.`,
        ];
  if (judged.classCount < 2 || judged.rows.length < MIN_SAMPLES) return undefined;
  const usable = population.spaces.filter(isFinite);
  const spaces = chooseSpaces(usable);
  if (usable.length < population.spaces.length)
    remarks.push('Spaces with values that are not finite are left out.');
  if (spaces.length === 0) return fromModel(population, judged, remarks);
  const sums = new Float32Array(population.n * judged.classCount);
  const folds = assignFolds(population, FOLDS, context.seed);
  const isCopy = compareGroups(population);
  for (const [at, space] of spaces.entries()) {
    context.signal?.throwIfAborted();
    const probes = probeOutOfFold(space, judged, { ...context, folds, foldCount: FOLDS });
    const votes = voteByNeighbors(await findNeighbors(population, space, context), judged, isCopy);
    for (let i = 0; i < sums.length; i++) sums[i]! += PROBE_WEIGHT * probes[i]! + VOTE_WEIGHT * votes[i]!;
    context.progress((at + 1) / spaces.length);
  }
  return {
    judged,
    probabilities: normalizeRows(sums, judged.classCount),
    views: spaces.map(({ title }) => title),
    remarks,
  };
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

const isFinite = ({ values, width }: Space): boolean => width > 0 && values.every(Number.isFinite);

async function findNeighbors(
  { n, spaces, neighbors }: Population,
  space: Space,
  { seed, threads, signal }: Pick<SearchContext, 'seed' | 'threads' | 'signal'>,
) {
  if (space === spaces[0] && neighbors !== undefined && neighbors.k >= Math.min(15, n - 1)) return neighbors;
  const options = { seed, threads, ...(signal && { signal }) };
  const cloud = points(space.values, space.width);
  return (await nearestNeighbors(cloud, Math.min(NEIGHBORS, n - 1), options)).graph;
}

/** Whether two samples have the same value of the group column. Copies may contradict each other. */
function compareGroups(population: Population): (row: number, other: number) => boolean {
  const column = findGroupColumn(population);
  if (column === undefined) return () => false;
  const values = column.type === 'number' ? column.values : column.codes;
  return (row, other) => values[row] === values[other] && !isMissing(column, row);
}

function fromModel(
  { n, probabilities, classNames }: Population,
  judged: JudgedLabels,
  remarks: readonly string[],
): LabelEvidence | undefined {
  if (probabilities === undefined) return undefined;
  const width = classNames.length;
  const own = new Float32Array(n * judged.classCount);
  for (let row = 0; row < n; row++)
    judged.labels.forEach((label, c) => {
      const value = probabilities[row * width + label]!;
      own[row * judged.classCount + c] = Number.isFinite(value) ? value : 0;
    });
  return {
    judged,
    probabilities: normalizeRows(own, judged.classCount),
    views: ['Probabilities of the model'],
    remarks: [
      ...remarks,
      'Without perception vectors the model judges labels from which it learned; it may know wrong ones by heart.',
    ],
  };
}

/** Divides each row by its sum. Rows of zeros stay: nothing speaks for a class. */
function normalizeRows(values: Float32Array, width: number): Float32Array {
  for (let from = 0; from < values.length; from += width) {
    let sum = 0;
    for (let i = from; i < from + width; i++) sum += values[i]!;
    if (sum > 0) for (let i = from; i < from + width; i++) values[i]! /= sum;
  }
  return values;
}
