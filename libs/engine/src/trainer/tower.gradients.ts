import { elementCount, float32, type TensorData } from '@noema/onnx';
import { type Kernels, kernelsOn, ThreadMemory } from '@noema/simd';
import type { PooledTower } from '../programs/pooled.tower.js';
import type { ParameterSpan } from './parameter.layout.js';
import { type LaidBlock, layBlock, pooledDims, towerBytes } from './tower.layout.js';
import type { ResidentTensor } from './training.data.js';

type Tensors = Readonly<Record<string, TensorData>>;

/**
 * The first block of a tower, and the gradients of all of its parameters. Multiplies only gradients that pass
 * through the selected position of each window (`pooled-convolution.ts` of @noema/simd).
 */
export class TowerGradients {
  private readonly kernels: Kernels;
  /** From the first to the last. */
  private readonly blocks: readonly LaidBlock[];
  private readonly source: Float32Array;
  private readonly chosen: Uint8Array;
  private readonly gradient: Float32Array;
  private readonly written = new Map<number, Tensors>();

  constructor(
    private readonly tower: PooledTower,
    private readonly parameters: readonly ParameterSpan[],
    mostRows: number,
  ) {
    const memory = new ThreadMemory(towerBytes(tower, mostRows));
    const { blocks } = tower;
    this.kernels = kernelsOn(memory.own);
    this.blocks = blocks.map((block, i) =>
      layBlock(memory, block, {
        mostRows,
        below: blocks[i - 1],
        above: blocks[i + 1],
        sourceLine: tower.sourceDims[0] * tower.sourceDims[2],
      }),
    );
    this.source = memory.floats(mostRows * elementCount(tower.sourceDims));
    this.chosen = memory.bytes((mostRows + 8) * elementCount(pooledDims(blocks[0]!)));
    this.gradient = memory.floats(mostRows * elementCount(pooledDims(blocks.at(-1)!)));
  }

  /**
   * Computes the first block's result for rows of the data from the flat parameters, and returns it as the
   * program's input.
   */
  forward(rows: Uint32Array, { data }: ResidentTensor, parameters: Float32Array): Tensors {
    const { kernels, source, chosen, blocks } = this;
    const size = elementCount(this.tower.sourceDims);
    const [first] = blocks as [LaidBlock];
    const made = elementCount(pooledDims(first.block));
    for (const laid of blocks) {
      const { block, plan, kernel, bias } = laid;
      this.read(parameters, block.kernel, kernel);
      if (block.bias !== undefined) this.read(parameters, block.bias, bias);
      kernels.beginPooledConvolution(plan.byteOffset, kernel.byteOffset, bias.byteOffset);
    }
    rows.forEach((row, i) => {
      source.set(data.subarray(row * size, (row + 1) * size), i * size);
      kernels.makePooledConvolution(
        first.plan.byteOffset,
        source.byteOffset + 4 * i * size,
        first.pooled.byteOffset + 4 * i * made,
        chosen.byteOffset + i * made,
      );
    });
    return { [first.block.pooled]: toTensor(first.pooled, rows.length, pooledDims(first.block)) };
  }

  /** Returns the arrays into which the runtime writes the needed outputs of a number of rows. */
  outputs(rows: number): Tensors {
    const known = this.written.get(rows);
    if (known !== undefined) return known;
    const made = Object.fromEntries([
      [this.tower.gradient, toTensor(this.gradient, rows, pooledDims(this.tower.blocks.at(-1)!))],
      ...this.blocks.slice(1).flatMap(({ block, plane, pooled }) => [
        [block.plane, toTensor(plane, rows, block.planeDims)],
        [block.pooled, toTensor(pooled, rows, pooledDims(block))],
      ]),
    ]) as Tensors;
    this.written.set(rows, made);
    return made;
  }

  /**
   * Writes the gradients of the tower's parameters, flat; the rows went forward, and the runtime has written
   * `outputs` of as many.
   */
  differentiate(rows: number, gradients: Float32Array): void {
    const { kernels, blocks } = this;
    for (let row = 0; row < rows; row++)
      for (let i = blocks.length - 1; i >= 0; i--) this.differentiateBlock(i, row);
    for (const { block, plan, kernel, bias } of blocks) {
      kernels.endPooledConvolution(plan.byteOffset, kernel.byteOffset, bias.byteOffset);
      gradients.set(kernel, this.getSpan(block.kernel).offset);
      if (block.bias !== undefined) gradients.set(bias, this.getSpan(block.bias).offset);
    }
  }

  private differentiateBlock(i: number, row: number): void {
    const { plan, block, plane, pooled } = this.blocks[i]!;
    const [below, above] = [this.blocks[i - 1], this.blocks[i + 1]];
    const at = ({ byteOffset }: Float32Array, dims: readonly number[]): number =>
      byteOffset + 4 * row * elementCount(dims);
    const made = pooledDims(block);
    const input =
      below === undefined ? at(this.source, this.tower.sourceDims) : at(below.pooled, block.inputDims);
    const whole =
      below === undefined ? this.chosen.byteOffset + row * elementCount(made) : at(plane, block.planeDims);
    this.kernels.addPooledConvolution(
      plan.byteOffset,
      input,
      whole,
      at(pooled, made),
      above?.inputGradient ?? at(this.gradient, made),
    );
  }

  private read(parameters: Float32Array, name: string, to: Float32Array): void {
    const { offset, length } = this.getSpan(name);
    to.set(parameters.subarray(offset, offset + length));
  }

  private getSpan(parameter: string): ParameterSpan {
    return this.parameters.find(({ name }) => name === parameter)!;
  }
}

const toTensor = (values: Float32Array, rows: number, dims: readonly number[]): TensorData =>
  float32(values.subarray(0, rows * elementCount(dims)), [rows, ...dims]);
