import { seededRandom } from '@noema/kernel';
import { KernelMemory, kernelsOn, packingTable } from '@noema/simd';
import { expect, it } from 'vitest';
import { coefficientTables } from './coefficients.js';
import { fitCurve } from './curve.js';
import { prepareEdges, scratchLength } from './layout-edges.js';

const N = 200;
const SEED = 7;
const ALPHA = 0.3;
const random = seededRandom(3);
const curve = fitCurve(1, 0.1);

/** A graph with a hub and a point without edges. */
function graph(): { n: number; indptr: Int32Array; indices: Int32Array; weights: Float32Array } {
  const rows = Array.from({ length: N }, (_, i) => (i === 5 ? 0 : i === 9 ? 150 : 1 + (i % 23)));
  const indptr = new Int32Array(N + 1);
  rows.forEach((length, i) => {
    indptr[i + 1] = indptr[i]! + length;
  });
  return {
    n: N,
    indptr,
    indices: Int32Array.from({ length: indptr[N]! }, () => Math.floor(random() * N)),
    weights: Float32Array.from({ length: indptr[N]! }, (_, e) => (e === 0 ? 1 : 0.1 + 0.9 * random())),
  };
}

/** The draws of a block as the kernel's documentation says. */
function draws(count: number, epoch: number): number[] {
  let state = (Math.imul(epoch + 1, 0x85ebca6b) ^ Math.imul(SEED, 0xc2b2ae35)) >>> 0;
  state = Math.imul(state ^ (state >>> 16), 0x7feb352d) >>> 0;
  state = Math.imul(state ^ (state >>> 15), 0x846ca68b) >>> 0;
  state = (state ^ (state >>> 16)) >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * N);
  });
}

/**
 * The step by its formula in float64: the gradients of McInnes, Healy & Melville 2018, section 3.2, clipped
 * to 4.
 */
function expected(
  place: number[][],
  set: ReturnType<typeof graph>,
  epoch: number,
  alpha: number,
  negatives: number,
): number[] {
  const { a, b } = curve;
  const clip = (g: number): number => Math.max(-4, Math.min(4, g));
  const pushes = (y: number[], other: number[], attracts: boolean): number[] => {
    const gap = y.map((value, c) => value - other[c]!);
    const square = gap.reduce((sum, g) => sum + g * g, 0);
    if (square === 0) return gap;
    const w = attracts
      ? (-2 * a * b * square ** (b - 1)) / (1 + a * square ** b)
      : (2 * b) / ((0.001 + square) * (1 + a * square ** b));
    return gap.map((g) => (attracts ? 2 : 1) * clip(w * g));
  };
  return place.flatMap((own, i) => {
    let y = own;
    let next = 0;
    const drawn = draws(150 * negatives, epoch);
    for (let e = set.indptr[i]!; e < set.indptr[i + 1]!; e++) {
      const rate = Math.round(2 ** 15 * set.weights[e]!);
      if (Math.floor((rate * (epoch + 1)) / 2 ** 15) === Math.floor((rate * epoch) / 2 ** 15)) continue;
      const moves = [pushes(y, place[set.indices[e]!]!, true)];
      for (let q = 0; q < negatives; q++, next++)
        if (drawn[next] !== i) moves.push(pushes(y, place[drawn[next]!]!, false));
      y = y.map((value, c) => value + alpha * moves.reduce((sum, move) => sum + move[c]!, 0));
    }
    return y;
  });
}

const medianGap = (a: Float32Array, b: ArrayLike<number>): number =>
  Float64Array.from(a, (value, e) => Math.abs(value - b[e]!)).sort()[a.length >> 1]!;

it.each([
  [2, 5],
  [3, 5],
  [2, 0],
  [3, 2],
] as const)('a step in %i dimensions with %i negatives is that of the formula', (dims, negatives) => {
  const memory = new KernelMemory();
  const set = graph();
  const kernels = kernelsOn(memory.shared);
  const tables = coefficientTables(curve);
  const source = memory.floats(Float32Array.from({ length: N * dims }, () => 3 * random()));
  const target = memory.floats(N * dims);
  const edges = prepareEdges(memory, set, dims);
  const scratch = memory.ints(scratchLength(edges));
  const packing = memory.ints(packingTable());
  const attraction = memory.floats(tables.attraction);
  const repulsion = memory.floats(tables.repulsion);
  const place = Array.from({ length: N }, (_, i) => [...source.subarray(i * dims, (i + 1) * dims)]);
  for (let epoch = 0; epoch < 6; epoch++) {
    kernels.dueEdges(
      edges.starts.byteOffset,
      edges.ends.byteOffset,
      edges.rates.byteOffset,
      edges.phases.byteOffset,
      packing.byteOffset,
      0,
      N,
      scratch.byteOffset,
    );
    kernels[dims === 2 ? 'umapStep2' : 'umapStep3'](
      source.byteOffset,
      target.byteOffset,
      edges.starts.byteOffset,
      scratch.byteOffset,
      0,
      N,
      attraction.byteOffset,
      repulsion.byteOffset,
      N,
      negatives,
      SEED,
      epoch,
      ALPHA,
    );
    // A table's entry is that of a distance up to 0.4 % away, and what has passed close by another point goes
    // on from elsewhere.
    const formula = expected(place, set, epoch, ALPHA, negatives);
    if (epoch > 0) expect(medianGap(target, formula)).toBeLessThan(0.005 * medianGap(target, source));
  }
});

it('holds some and leaves others where they are', () => {
  const memory = new KernelMemory();
  const target = memory.floats([1, 2, 3, 4, 5, 6]);
  const places = memory.floats([3, NaN, 3, 0, NaN, 10]);
  kernelsOn(memory.shared).holdBack(target.byteOffset, places.byteOffset, 6, 0.25);
  expect([...target]).toEqual([1.5, 2, 3, 3, 5, 7]);
});
