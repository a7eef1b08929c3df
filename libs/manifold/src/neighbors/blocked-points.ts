import { type KernelMemory, type Kernels, kernelsOn, type SharedMemory } from '@noema/simd';
import type { Points } from '../points.js';
import { BLOCK, orderInBlocks } from './block-order.js';

/** Blocks per group, as in the kernels. */
const GROUP = 64;
/** Number of dimensions in which blocks have bounds. */
const BOXED = 8;
/** Larger than every distance: its square is infinite. */
const BEYOND = 3e38;
/**
 * Maximum exponent to which coordinates are scaled by a power of two, so that squares neither overflow nor
 * underflow.
 */
const LARGEST_EXPONENT = 40;
const SAMPLED = 1_024;
/** Unit roundoff of float32. */
export const UNIT_ROUNDOFF = 2 ** -24;

/**
 * Points in the layout of the search kernels (libs/simd/kernels/blocks.ts). A structured clone shares the
 * memory.
 */
export interface BlockedPoints {
  readonly memory: SharedMemory;
  /** The kernels' description of the points, ten int32. */
  readonly cloud: Int32Array;
  readonly n: number;
  readonly d: number;
  /** Order of the dimensions: largest variance first, so that the first ones separate most points. */
  readonly dims: Int32Array;
  /** Factor by which coordinates are scaled. */
  readonly scale: number;
  /** The points [n] in the order of their blocks. Consecutive points search much the same memory. */
  readonly order: Int32Array;
  /** Block of every point [n], and the number of blocks. */
  readonly blockByPoint: Int32Array;
  readonly blocks: number;
}

/** Copies points into blocks in O(n log n). The memory holds about two copies of them. */
export function blockedPoints({ data, n, d }: Points, memory: KernelMemory): BlockedPoints {
  const dims = byVariance({ data, n, d });
  const scale = computeScale(data);
  const boxed = Math.min(d, BOXED);
  const blocks = Math.ceil(n / BLOCK);
  const order = orderInBlocks(data, { n, d, dims: dims.subarray(0, boxed) });
  const blockByPoint = memory.ints(n);
  const laid = memory.floats(blocks * BLOCK * d);
  const ids = memory.ints(blocks * BLOCK).fill(-1);
  const [ofBlocks, ofGroups] = [
    allocateBounds(memory, blocks, boxed),
    allocateBounds(memory, countGroups(blocks), boxed),
  ];
  laid.fill(BEYOND, (blocks - 1) * BLOCK * d);
  for (let at = 0; at < n; at++) {
    const point = order[at]!;
    const block = Math.floor(at / BLOCK);
    const base = block * BLOCK * d + (at % BLOCK);
    ids[at] = point;
    blockByPoint[point] = block;
    for (let c = 0; c < d; c++) laid[base + c * BLOCK] = data[point * d + dims[c]!]! * scale;
    widen(ofBlocks, block, point, laid, base);
    widen(ofGroups, Math.floor(block / GROUP), point, laid, base);
  }
  const cloud = memory.ints(
    [
      laid,
      ids,
      ofBlocks.boxes,
      blocks,
      d,
      boxed,
      n,
      ofGroups.boxes,
      ofBlocks.smallest,
      ofGroups.smallest,
    ].map((part) => (typeof part === 'number' ? part : part.byteOffset)),
  );
  return { memory: memory.shared, cloud, n, d, dims, scale, order: ids.subarray(0, n), blockByPoint, blocks };
}

/** Bounds of blocks or groups: boxes [boxed, 2, padded], and the smallest index in each [count]. */
interface Bounds {
  readonly boxed: number;
  readonly padded: number;
  readonly boxes: Float32Array;
  readonly smallest: Int32Array;
}

function allocateBounds(memory: KernelMemory, count: number, boxed: number): Bounds {
  const padded = paddedTo4(count);
  const boxes = memory.floats(boxed * 2 * padded);
  for (let c = 0; c < boxed; c++)
    boxes
      .fill(Infinity, 2 * c * padded, (2 * c + 1) * padded)
      .fill(-Infinity, (2 * c + 1) * padded, (2 * c + 2) * padded);
  return { boxed, padded, boxes, smallest: memory.ints(count).fill(0x7fffffff) };
}

/** Extends box `at` by a point whose dimensions start at `base`. */
function widen(
  { boxed, padded, boxes, smallest }: Bounds,
  at: number,
  point: number,
  laid: Float32Array,
  base: number,
): void {
  if (point < smallest[at]!) smallest[at] = point;
  for (let c = 0, low = at; c < boxed; c++, low += 2 * padded) {
    const value = laid[base + c * BLOCK]!;
    if (value < boxes[low]!) boxes[low] = value;
    if (value > boxes[low + padded]!) boxes[low + padded] = value;
  }
}

const paddedTo4 = (count: number): number => Math.ceil(count / 4) * 4;
const countGroups = (blocks: number): number => Math.ceil(blocks / GROUP);

/**
 * Maximum relative error of a squared distance of the kernels: the rounding of d differences, squares and
 * additions of non-negative numbers (Higham 2002, section 3.1), twice.
 */
export const boundError = (d: number): number => 2 * (d + 4) * UNIT_ROUNDOFF;

/** Maximum absolute error, where squares underflow in float32. */
export const vanishing = (d: number): number => (d + 4) * 2 ** -148;

/** Copies a query into the layout of the blocks. */
export function layQuery(
  { dims, scale, d }: BlockedPoints,
  { data }: Points,
  row: number,
  into: Float32Array,
): void {
  for (let c = 0; c < d; c++) into[c] = data[row * d + dims[c]!]! * scale;
}

/** Returns the size of the scratch memory of one querying thread, in float32 values. */
export const scratchValues = ({ blocks }: BlockedPoints): number =>
  BLOCK + paddedTo4(countGroups(blocks)) + Math.max(2 * paddedTo4(blocks), GROUP * countGroups(blocks));

export const openKernels = (blocked: BlockedPoints): Kernels => kernelsOn(blocked.memory);

/** Returns the dimensions by their variance in an evenly spaced sample, largest first. */
export function byVariance({ data, n, d }: Points): Int32Array {
  const step = Math.max(1, Math.floor(n / SAMPLED));
  const count = Math.floor((n - 1) / step) + 1;
  const variances = Float64Array.from({ length: d }, (_, c) => {
    let mean = 0;
    let variance = 0;
    for (let i = 0; i < count; i++) mean += data[i * step * d + c]! / count;
    for (let i = 0; i < count; i++) variance += (data[i * step * d + c]! - mean) ** 2;
    return variance;
  });
  return Int32Array.from({ length: d }, (_, c) => c).sort((a, b) => variances[b]! - variances[a]! || a - b);
}

/** Returns the power of two that scales the largest coordinate to 2⁴⁰. */
export function computeScale(data: Float32Array): number {
  let largest = 0;
  for (let e = 0; e < data.length; e++) largest = Math.max(largest, Math.abs(data[e]!));
  return largest === 0 ? 1 : 2 ** (LARGEST_EXPONENT - Math.ceil(Math.log2(largest)));
}
