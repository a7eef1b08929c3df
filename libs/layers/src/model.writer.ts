import { type Attributes, type Dim, type Graph, GraphBuilder, type TensorData } from '@noema/onnx';
import type { MaskSpec, ParameterSpec } from './compiled-model.js';
import { dimsOf, type Value } from './value.js';

export type CompileMode = 'inference' | 'training';

/** The logits behind a value of probabilities. */
export interface Logits {
  readonly value: Value;
  readonly nonLinearity: 'softmax' | 'sigmoid';
}

/** Writes the graph of a whole model and keeps the shape of every tensor in it. */
export class ModelWriter {
  readonly shapes = new Map<string, readonly Dim[]>();
  readonly parameters = new Map<string, ParameterSpec>();
  readonly masks: MaskSpec[] = [];
  readonly updates = new Map<string, string>();
  readonly logits = new Map<string, Logits>();
  private readonly builder: GraphBuilder;
  private readonly data: string[] = [];
  private readonly converted = new Map<string, Value>();

  constructor(readonly mode: CompileMode, name: string) {
    this.builder = new GraphBuilder(undefined, name);
  }

  dataInput(name: string, shape: readonly number[]): Value {
    this.data.push(this.input(name, ['n', ...shape]));
    return { tensor: name, shape, layout: 'last' };
  }

  parameter(spec: ParameterSpec): string {
    if (this.parameters.has(spec.name)) return spec.name;
    this.parameters.set(spec.name, spec);
    return this.input(spec.name, spec.graphDims);
  }

  mask(name: string, dims: readonly Dim[], rate: number): string {
    const unique = this.builder.has(name) ? this.builder.fresh(name) : name;
    this.masks.push({ name: unique, dims, rate });
    return this.input(unique, dims);
  }

  op(opType: string, inputs: readonly string[], dims: readonly Dim[], attributes: Attributes = {}): string {
    const tensor = this.builder.op(opType, inputs, attributes);
    this.shapes.set(tensor, dims);
    return tensor;
  }

  constant(value: TensorData | number | readonly number[]): string {
    const tensor = this.builder.constant(value);
    this.shapes.set(tensor, typeof value === 'number' ? [] : 'dataType' in value ? value.dims : [value.length]);
    return tensor;
  }

  /** The value as it must lie in the graph; a value that came from there is found again instead of turned back. */
  as(layout: Value['layout'], value: Value): Value {
    if (value.layout === layout || value.shape.length < 2) return value;
    const known = this.converted.get(`${layout} ${value.tensor}`);
    if (known !== undefined) return known;
    const rank = value.shape.length;
    const target = { ...value, layout };
    const dims = dimsOf(target);
    const perm = layout === 'first' ? [0, rank, ...range(1, rank)] : [0, ...range(2, rank + 1), 1];
    // With one channel or one position nothing moves in memory.
    const still = value.shape.at(-1) === 1 || value.shape.slice(0, -1).every((size) => size === 1);
    const tensor = still
      ? this.op('Reshape', [value.tensor, this.constant([-1, ...dims.slice(1) as number[]])], dims)
      : this.op('Transpose', [value.tensor], dims, { perm });
    const result = { ...target, tensor };
    this.converted.set(`${layout} ${value.tensor}`, result);
    this.converted.set(`${value.layout} ${tensor}`, value);
    return result;
  }

  /** Declares the value as an output of the graph, channels last; ONNX Runtime takes no graph that hands an input through. */
  asOutput(value: Value): Value {
    const last = this.as('last', value);
    const output = this.data.includes(last.tensor) ? { ...last, tensor: this.op('Identity', [last.tensor], dimsOf(last)) } : last;
    this.builder.output(output.tensor, dimsOf(output));
    return output;
  }

  build(): Graph {
    const graph = this.builder.build();
    const order = [...this.data, ...this.parameters.keys(), ...this.masks.map(({ name }) => name)];
    return { ...graph, inputs: order.map((name) => graph.inputs.find((input) => input.name === name)!) };
  }

  private input(name: string, dims: readonly Dim[]): string {
    this.shapes.set(name, dims);
    return this.builder.input(name, dims);
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
