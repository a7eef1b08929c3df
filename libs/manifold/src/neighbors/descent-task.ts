import { KernelMemory } from '@noema/simd';
import { shared } from '@noema/threads';
import type { Points } from '../points.js';
import { drawSample } from '../trust/sample.js';
import { byVariance, computeScale } from './blocked-points.js';
import type { DescentTask } from './neighbor-task.js';

export interface DescentOptions {
  readonly trees?: number;
  readonly iterations: number;
  readonly recallQueries?: number;
  readonly seed: number;
  readonly threads: number;
  readonly memoryBytes?: number;
}

/** Minimum share of the listed neighbours that must change for another iteration. */
const WORTH_ANOTHER = 0.001;
/**
 * Neighbours of a list beyond k: at most, and as a share of k. Longer lists find more: of 200,000 points in 200
 * groups and 64 dimensions, lists of 15, 20 and 25 find 0.947, 0.983 and 0.997 of 15 neighbours, in 1, 1.2 and
 * 1.6 of the time.
 */
const MAX_SPARE = 8;
const SPARE = 1 / 3;
/** Number of offers after which a thread hands them over. */
const OFFERS = 2 ** 18;
/** int32 of an offer, before the first one, and of the stack of a tree. */
const OFFER = 3;
const OUTBOX_HEAD = 4;
const TREE_STACK = 1_024;
const MAX_BYTES = 2 ** 32;

/**
 * Returns the state of NN-descent in memory that its threads share. Where `memoryBytes` do not hold all
 * dimensions, the search uses the dimensions of the largest variance; distances and recall use all.
 */
export function descentTask(
  { data, n, d }: Points,
  k: number,
  { trees = 8, iterations, recallQueries = 200, seed, threads, memoryBytes = MAX_BYTES }: DescentOptions,
): DescentTask {
  const memory = new KernelMemory();
  const ints = (length: number): Int32Array => shared(new Int32Array(length));
  const queries = drawSample(n, recallQueries, seed);
  const listed = Math.min(n - 1, k + Math.min(MAX_SPARE, Math.ceil(SPARE * k)));
  const most = Math.max(30, 2 * listed);
  const perPoint = 4 * (4 * listed + 1 + trees + 2 * Math.min(threads, trees));
  const outbox = OUTBOX_HEAD + OFFER * (OFFERS + most ** 2);
  const perThread = 4 * (outbox + 4 * (most + 8) + TREE_STACK);
  const room = Math.floor((memoryBytes - 2 ** 20 - threads * perThread - n * perPoint) / (16 * n)) * 4;
  const dims = byVariance({ data, n, d }).slice(0, Math.max(4, room));
  const width = Math.ceil(dims.length / 4) * 4;
  const rows = memory.floats(n * width);
  const codes = memory.ints(n * listed);
  const addresses = [
    codes,
    memory.floats(n * listed),
    memory.ints(n * listed),
    memory.ints(n * listed),
    memory.ints(n),
  ].map(({ byteOffset }) => byteOffset);
  const every = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  return {
    memory: memory.shared,
    plan: memory.ints([rows.byteOffset, 4 * width, n, listed, ...addresses, most]),
    rows,
    width,
    dims,
    scale: computeScale(data),
    order: ints(n),
    places: ints(n),
    orders: every(trees, () => memory.ints(n)),
    leaf: most,
    iterations,
    enough: WORTH_ANOTHER * n * listed,
    codes,
    listed,
    outboxes: every(threads, () => memory.ints(outbox)),
    scratch: every(threads, () => memory.ints(4 * (most + 8) + width + TREE_STACK)),
    products: every(Math.min(threads, trees), () => memory.ints(2 * n)),
    capacity: OFFERS,
    unfinished: ints(2),
    changes: ints(iterations),
    queries: shared(queries),
    queryRows: memory.ints(queries.length),
    limits: memory.floats(queries.length),
    found: ints(threads),
    hits: ints(queries.length),
  };
}
