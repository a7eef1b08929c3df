import { elementCount } from '@noema/onnx';
import type { ThreadMemory } from '@noema/simd';
import type { PooledBlock, PooledTower } from '../programs/pooled.tower.js';

/** A block in memory: its plan for the kernels, the runtime's outputs, its parameters, and its gradients. */
export interface LaidBlock {
  readonly block: PooledBlock;
  readonly plan: Int32Array;
  readonly plane: Float32Array;
  readonly pooled: Float32Array;
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  /** Address of the gradient by the first number of its input. */
  readonly inputGradient: number;
}

/** Padding, because reads in groups of four may start at the last number. */
const BEHIND = 8;
const PLAN_INTS = 32;

/** [filters, height, width] of a block's result. */
export const pooledDims = ({
  planeDims: [filters, height, width],
}: PooledBlock): readonly [number, number, number] => [filters, height >> 1, width >> 1];

/**
 * Returns the lengths of a block's arrays: the runtime's outputs, the kernels' own arrays, the parameters.
 */
function computeLengths(block: PooledBlock, mostRows: number) {
  const {
    inputDims: [channels, height, width],
    kernelSize: [kernelHeight, kernelWidth],
    pads: [top, left, bottom, right],
  } = block;
  const [filters, rows, columns] = pooledDims(block);
  const paddedWidth = left + width + right;
  const paddedSize = (top + height + bottom) * paddedWidth * channels;
  const vectors = Math.ceil((kernelWidth * channels) / 4);
  const eights = Math.ceil(filters / 8) * 8;
  const weights = elementCount([channels, kernelHeight, kernelWidth, eights]);
  const runs = filters * kernelHeight * vectors * 4;
  const places = paddedSize * Math.ceil((2 * (filters + 4)) / channels);
  return {
    paddedWidth,
    paddedSize,
    vectors,
    written: [mostRows * elementCount(block.planeDims), (mostRows * filters + 8) * rows * columns],
    // In the order of the plan.
    scratch: [
      paddedSize,
      paddedSize,
      Math.max(weights, runs),
      runs,
      eights,
      filters,
      2 * filters * (rows * columns + 4),
      filters,
      places,
      2 * eights * rows * columns,
    ],
    learned: [elementCount([filters, channels, kernelHeight, kernelWidth]), filters],
  };
}

/** Returns the bytes that the gradients of a number of rows need. */
export function towerBytes(
  { blocks, sourceDims }: Pick<PooledTower, 'blocks' | 'sourceDims'>,
  mostRows: number,
): number {
  const around =
    2 * (mostRows + 8) * (elementCount(pooledDims(blocks[0]!)) + elementCount(pooledDims(blocks.at(-1)!))) +
    mostRows * elementCount(sourceDims);
  const arrays = blocks
    .map((block) => computeLengths(block, mostRows))
    .flatMap(({ written, scratch, learned }) => [...written, ...scratch, ...learned, PLAN_INTS]);
  return 4 * arrays.reduce((sum, length) => sum + length + 2 * BEHIND, around + 4 * BEHIND);
}

export interface BlockPlace {
  readonly mostRows: number;
  /** The block that it is on. */
  readonly below: PooledBlock | undefined;
  readonly above: PooledBlock | undefined;
  readonly sourceLine: number;
}

/** Lays a block's arrays and writes its plan. */
export function layBlock(
  memory: ThreadMemory,
  block: PooledBlock,
  { mostRows, below, above, sourceLine }: BlockPlace,
): LaidBlock {
  const {
    inputDims,
    planeDims: [, planeHeight, planeWidth],
    kernelSize,
    pads: [top, left],
  } = block;
  const [filters, rows, columns] = pooledDims(block);
  const { paddedWidth, paddedSize, vectors, ...lengths } = computeLengths(block, mostRows);
  const lay = (length: number): Float32Array => memory.floats(length + BEHIND);
  // The first plane is never written.
  const plane = lay(below === undefined ? 0 : lengths.written[0]!);
  const pooled = lay(lengths.written[1]!);
  const scratch = lengths.scratch.map((length) => lay(length).byteOffset);
  const [kernel, bias] = lengths.learned.map((length) => memory.floats(length)) as [
    Float32Array,
    Float32Array,
  ];
  // The gradient comes from the runtime, or from the block above, which has it channels last within its
  // borders.
  const steps =
    above === undefined
      ? [rows * columns, columns, 1]
      : [1, filters * computeLengths(above, 1).paddedWidth, filters];
  const plan = memory.ints([
    Number(below === undefined),
    Number(block.isCut),
    ...inputDims,
    sourceLine,
    top,
    left,
    paddedWidth,
    paddedSize,
    ...kernelSize,
    vectors,
    filters,
    planeWidth,
    planeHeight * planeWidth,
    rows,
    columns,
    ...steps,
    ...scratch,
  ]);
  return {
    block,
    plan,
    plane,
    pooled,
    kernel,
    bias,
    inputGradient: scratch[1]! + 4 * inputDims[0] * (top * paddedWidth + left),
  };
}
