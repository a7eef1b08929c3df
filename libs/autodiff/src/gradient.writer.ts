import {
  type Attributes,
  type DataType,
  type Dim,
  type GraphBuilder,
  int64,
  type Node,
  type TensorData,
} from '@noema/onnx';
import { constantFacts, inferNode, type TensorInfo } from './tensor.inference.js';

/** Appends operators to a graph, and tracks the types and, where possible, the shapes of their outputs. */
export class GradientWriter {
  constructor(
    private readonly builder: GraphBuilder,
    private readonly facts: Map<string, TensorInfo>,
    private readonly constants: ReadonlyMap<string, TensorData>,
  ) {}

  op(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.builder.op(opType, inputs, attributes);
    this.learn({ opType, inputs, outputs: [output], attributes });
    return output;
  }

  ops(opType: string, inputs: readonly string[], attributes: Attributes, outputCount: number): string[] {
    const outputs = this.builder.ops(opType, inputs, attributes, outputCount);
    this.learn({ opType, inputs, outputs, attributes });
    return outputs;
  }

  /** A list of int64. */
  ints(values: readonly number[]): string {
    return this.constant(int64(values));
  }

  /** A scalar with the element type of another tensor. */
  scalar(value: number, like: string): string {
    const dataType = this.getType(like);
    if (dataType === 'int64') return this.constant(int64([value], []));
    return this.constant(
      dataType === 'float64'
        ? { dataType, dims: [], data: Float64Array.of(value) }
        : { dataType: 'float32', dims: [], data: Float32Array.of(value) },
    );
  }

  getType(tensor: string): DataType {
    return this.facts.get(tensor)?.dataType ?? 'float32';
  }

  /** Returns the known dimensions: `?` for an unknown one, `undefined` if the rank is unknown. */
  findDims(tensor: string): readonly Dim[] | undefined {
    return this.facts.get(tensor)?.dims;
  }

  /** A gradient has the type and shape of its tensor. */
  learnFrom(gradient: string, tensor: string): void {
    const known = this.facts.get(tensor);
    if (
      known !== undefined &&
      (this.facts.get(gradient)?.dims === undefined || known.dims?.every((dim) => dim !== '?') === true)
    )
      this.facts.set(gradient, known);
  }

  /** The value, when it is a constant of the graph. */
  findConstant(tensor: string): TensorData | undefined {
    return this.constants.get(tensor);
  }

  /** The shape at run time, int64. */
  shape(tensor: string): string {
    return this.op('Shape', [tensor]);
  }

  /** Converts a boolean to 0 or 1 with the element type of another tensor. */
  mask(truth: string, like: string): string {
    return this.op('Cast', [truth], { to: this.getType(like) === 'float64' ? 11 : 1 });
  }

  zerosLike(tensor: string): string {
    const data = this.getType(tensor) === 'float64' ? Float64Array.of(0) : Float32Array.of(0);
    return this.op('ConstantOfShape', [this.shape(tensor)], {
      value: { tensor: { dataType: this.getType(tensor), dims: [1], data } },
    });
  }

  sum(tensor: string, axes: readonly number[], keepdims: 0 | 1 = 1): string {
    return this.op('ReduceSum', [tensor, this.ints(axes)], { keepdims });
  }

  reshapeLike(tensor: string, like: string): string {
    return this.op('Reshape', [tensor, this.shape(like)]);
  }

  /** Sums a gradient over broadcast axes, so that it has the shape of the operand. */
  sumTo(gradient: string, operand: string): string {
    const [wide, narrow] = [this.findDims(gradient), this.findDims(operand)];
    if (wide === undefined || narrow === undefined) return this.sumToAtRun(gradient, operand);
    const padded = [...Array.from(wide.slice(narrow.length), () => 1), ...narrow];
    const axes: number[] = [];
    for (const [i, dim] of padded.entries()) {
      if (dim === 1 && wide[i] !== 1) axes.push(i);
      else if (dim === '?' || dim !== wide[i]) return this.sumToAtRun(gradient, operand);
    }
    const added = wide.length - narrow.length;
    if (axes.length === 0) return gradient;
    const summed = this.sum(gradient, axes, 1);
    return added === 0 ? summed : this.reshapeLike(summed, operand);
  }

  private sumToAtRun(gradient: string, operand: string): string {
    const [wide, narrow] = [this.shape(gradient), this.shape(operand)];
    const missing = this.op('Sub', [this.shape(wide), this.shape(narrow)]);
    const ones = this.op('Expand', [this.ints([1]), missing]);
    const padded = this.op('Concat', [ones, narrow], { axis: 0 });
    const differs = this.op('Not', [this.op('Equal', [padded, wide])]);
    const axes = this.op('Reshape', [this.op('NonZero', [differs]), this.ints([-1])]);
    const summed = this.op('ReduceSum', [gradient, axes], { keepdims: 1, noop_with_empty_axes: 1 });
    return this.op('Reshape', [summed, narrow]);
  }

  private constant(tensor: TensorData): string {
    const name = this.builder.constant(tensor);
    this.facts.set(name, constantFacts(tensor));
    return name;
  }

  private learn(node: Node): void {
    if (!node.outputs.every((output) => this.facts.has(output))) inferNode(node, this.facts);
  }
}
