import { points } from '@noema/manifold';
import { BLOCK, takeBlocks } from './blocks.js';
import { type Comparer, STARTS } from './comparer.js';
import { PointForest, type Tree } from './point-forest.js';
import { openComparer, type Shelf } from './sketch.task.js';

/** Nearest descriptors of a view, and candidates of a sample: of all views together, and of each one. */
const [PER_VIEW, NEAREST, OF_VIEW] = [8, 6, 2];
/** Candidates that are screened from further starts, and that go on after the screening. */
const [TRIED, SCREENED] = [2, 2];
/** Nearest perception vectors of a sample that are candidates too. */
export const FROM_VECTORS = 2;
/** Candidates of a sample: by forms, its planted partner, and by vectors. */
export const SLOTS = NEAREST + 1 + FROM_VECTORS;
/** Numbers of a candidate: sample, view, square, estimate, and the six values of a map. */
export const FIELDS = 10;

/** Samples whose candidates are searched. Results are [items, SLOTS, FIELDS], the sample −1 in empty slots. */
export interface CandidateTask {
  readonly shelf: Shelf;
  readonly forest: readonly Tree[];
  /** Positions of the samples, [items]. */
  readonly positions: Int32Array;
  /** Inputs of the samples where a shelf has no sketches, [items, size]. */
  readonly inputs: Float32Array | undefined;
  /** Largest square of each view. */
  readonly limits: Float64Array;
  /** Estimates below which a screening gives up, [views, steps]. */
  readonly least: Float64Array;
  /** Neighbours in the perception vectors, [count, FROM_VECTORS], −1 for none. */
  readonly near: Int32Array | undefined;
  readonly found: Float64Array;
  /** How the estimates of planted copies rose, [items, steps]; empty where nothing is written. */
  readonly traces: Float64Array;
  readonly counter: Int32Array;
}

/** A candidate: a copy of a view of a sample. */
interface Candidate {
  readonly other: number;
  view: number;
  readonly square: number;
  estimate?: number;
  start?: readonly number[] | undefined;
  trace?: Float64Array;
}

export function searchCandidates(task: CandidateTask): void {
  const { shelf, positions, found, counter } = task;
  const comparer = openComparer(shelf);
  const search = createSearch(task, comparer);
  const write = (item: number, kept: readonly Candidate[]): void => {
    found.fill(-1, item * SLOTS * FIELDS, (item + 1) * SLOTS * FIELDS);
    kept.forEach(({ other, view, square, estimate, start }, slot) => {
      const to = (item * SLOTS + slot) * FIELDS;
      found.set([other, view, square, estimate ?? NaN], to);
      if (start !== undefined) found.set(start, to + 4);
      else found.fill(NaN, to + 4, to + FIELDS);
    });
  };
  takeBlocks(counter, positions.length, (from, to) => {
    search.begin(from, to);
    for (let item = from; item < to; item++) write(item, search.find(item));
  });
}

interface CandidateSearch {
  /** Looks up the nearest descriptors of a block of items. */
  begin(from: number, to: number): void;
  /** Returns the candidates of an item of the block. */
  find(item: number): readonly Candidate[];
}

function createSearch(
  { shelf, forest, positions, inputs, limits, least, near, traces }: CandidateTask,
  comparer: Comparer,
): CandidateSearch {
  const { count, sources, descriptors, forms, sketches } = shelf;
  const { width, views, screening } = comparer;
  const { formWidth = 0, sketchWidth = 0, steps = 0 } = screening ?? {};
  const trees = new PointForest(points(descriptors, width), forest);
  const query = new Float32Array(width);
  // Of each item of a block: the form of each view, and the nearest descriptors.
  const places = Array.from({ length: BLOCK }, () => ({
    viewForms: views.map(() => new Float32Array(formWidth)),
    hits: views.map(() => ({ rows: new Int32Array(PER_VIEW), squares: new Float64Array(PER_VIEW) })),
  }));
  let first = 0;
  const sketchAt = (at: number): Float32Array => sketches.subarray(at * sketchWidth, (at + 1) * sketchWidth);
  const size = (inputs?.length ?? 0) / positions.length;
  const describedAt = (item: number): unknown =>
    screening === undefined
      ? comparer.prepare(inputs!.subarray(item * size, (item + 1) * size))
      : sketchAt(positions[item]!);
  /** Planted copies look for their source only, and a sample for no planted copy but its own. */
  const isPartner = (at: number, other: number): boolean =>
    sources[at - count] === other || sources[other - count] === at;
  const isPossible = (at: number, other: number): boolean =>
    other >= 0 && (isPartner(at, other) || (at < count && other < count));

  // One view of all items after another: the trees lead near items to the same leaves.
  const begin = (from: number, to: number): void => {
    first = from;
    const described = Array.from({ length: to - from }, (_, i) => describedAt(from + i));
    for (let view = 0; view < views.length; view++)
      for (let item = from; item < to; item++) {
        const { viewForms, hits } = places[item - from]!;
        comparer.describe(described[item - from], view, query, viewForms[view]!);
        trees.search(query, positions[item]!, { ...hits[view]!, within: limits[view]! });
      }
  };

  const findNearest = (item: number): Candidate[] => {
    const at = positions[item]!;
    const own = new Map<number, Candidate>();
    const { viewForms, hits } = places[item - first]!;
    hits.forEach(({ rows, squares }, view) => {
      for (let rank = 0; rank < PER_VIEW; rank++) {
        const other = rows[rank]!;
        if (!isPossible(at, other)) continue;
        const square = screening?.measure(viewForms[view]!, forms, other) ?? squares[rank]!;
        if (square <= limits[view]! && square < (own.get(other)?.square ?? Infinity))
          own.set(other, { other, view, square });
      }
    });
    // Squares of different views are not comparable: a share of the limit is, and each view has some places.
    const toShare = ({ view, square }: Candidate): number =>
      screening === undefined ? square : square / limits[view]!;
    const nearest = [...own.values()].sort((a, b) => toShare(a) - toShare(b) || a.other - b.other);
    const ofViews = new Uint8Array(views.length);
    let taken = 0;
    const kept = nearest.filter(({ other, view }) => {
      const isKept = taken < NEAREST || (screening !== undefined && ofViews[view]! < OF_VIEW);
      if (!isPartner(at, other)) {
        ofViews[view]!++;
        taken++;
      }
      return isKept;
    });
    if (near !== undefined && at < count)
      for (const other of near.subarray(at * FROM_VECTORS, (at + 1) * FROM_VECTORS))
        if (other >= 0 && other !== at && !own.has(other)) kept.push({ other, view: 0, square: 0 });
    return kept;
  };

  const tryStart = (item: number, candidate: Candidate, rank: number): void => {
    const { other } = candidate;
    const own = forms.subarray(other * formWidth, (other + 1) * formWidth);
    const nearForms = { views: places[item - first]!.viewForms, own, rank };
    const result = screening!.estimate(sketchAt(positions[item]!), sketchAt(other), nearForms, least);
    if (!(result.estimate <= candidate.estimate!)) Object.assign(candidate, result);
  };
  /** A planted partner takes no place of a sample, but is not kept behind the last one: its recall is stated. */
  const keepBest = (at: number, count: number): ((other: number) => boolean) => {
    let taken = 0;
    return (other) => (isPartner(at, other) ? taken < count : taken++ < count);
  };

  const find = (item: number): readonly Candidate[] => {
    const candidates = findNearest(item);
    if (screening === undefined) return candidates;
    const at = positions[item]!;
    for (const candidate of candidates) tryStart(item, candidate, 0);
    // The best ones are tried from further starts, because a wrong turn may fit nearly as well.
    const isKept = keepBest(at, TRIED);
    const best = candidates.sort(byEstimate).filter(({ other }) => isKept(other));
    for (const candidate of best) for (let rank = 1; rank < STARTS; rank++) tryStart(item, candidate, rank);
    const partner = candidates.find(({ other }) => isPartner(at, other));
    if (traces.length > 0 && partner?.trace !== undefined) traces.set(partner.trace, item * steps);
    const isLast = keepBest(at, SCREENED);
    return best
      .sort(byEstimate)
      .filter(({ other, start }) => start !== undefined || isPartner(at, other))
      .filter(({ other }) => isLast(other));
  };
  return { begin, find };
}

const byEstimate = (a: Candidate, b: Candidate): number => b.estimate! - a.estimate! || a.other - b.other;
