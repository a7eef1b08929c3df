import type { KernelMemory } from '@noema/simd';

/**
 * For every point, the partners of all pairs that it belongs to, from either side, in the kernels' format:
 * byte offsets in the map for point i from starts[i] to starts[i + 1], padded with the point itself to a
 * multiple of 4.
 */
export interface Partners {
  readonly starts: Int32Array;
  readonly partners: Int32Array;
}

/** Number of partners that a kernel processes together. */
const TOGETHER = 4;

/**
 * Returns pairs [n, count] from both ends, in a fixed order, so that a thread can move its own points without
 * writing to others.
 */
export function bothEnds(memory: KernelMemory, pairs: Int32Array, n: number, dims: 2 | 3): Partners {
  const count = pairs.length / n;
  const starts = memory.ints(n + 1);
  const lengths = new Int32Array(n).fill(count);
  for (const j of pairs) lengths[j]!++;
  for (let i = 0; i < n; i++) starts[i + 1] = starts[i]! + Math.ceil(lengths[i]! / TOGETHER) * TOGETHER;
  const fill = starts.slice(0, n);
  const partners = memory.ints(starts[n]!);
  for (let i = 0; i < n; i++) partners.fill(i * 4 * dims, starts[i], starts[i + 1]);
  for (let e = 0; e < pairs.length; e++) {
    const i = Math.floor(e / count);
    const j = pairs[e]!;
    partners[fill[i]!++] = j * 4 * dims;
    partners[fill[j]!++] = i * 4 * dims;
  }
  return { starts, partners };
}
