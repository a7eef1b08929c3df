import { type Attributes, type Dim, type Graph, GraphBuilder, type TensorData } from '@noema/onnx';
import type { MaskSpec, ParameterSpec, TrainingOnlySetting } from './compiled-model.js';
import { isWithin } from './frozen.layers.js';
import { toDims, type Value } from './value.js';

export type CompileMode = 'inference' | 'training';

/** The logits behind a value of probabilities. */
export interface Logits {
  readonly value: Value;
  readonly nonLinearity: 'softmax' | 'sigmoid';
}

/** Writes the graph of a whole model and records the shape of every tensor. */
export class ModelWriter {
  readonly shapes = new Map<string, readonly Dim[]>();
  readonly parameters = new Map<string, ParameterSpec>();
  readonly masks: MaskSpec[] = [];
  readonly updates = new Map<string, string>();
  readonly logits = new Map<string, Logits>();
  /** Call of a layer that wrote each tensor. */
  readonly owners = new Map<string, string>();
  private readonly calls = new Map<string, number>();
  /** By layer and setting: a shared layer is written at every call. */
  readonly trainingOnly: Map<string, TrainingOnlySetting>;
  private readonly builder: GraphBuilder;
  private readonly data: string[] = [];
  private readonly converted = new Map<string, Value>();
  private owner: string | undefined;
  /** How many rows of the graph make one sample: above 1 where series are taken apart into their steps. */
  private rowsPerSample = 1;

  constructor(
    readonly mode: CompileMode,
    name: string,
    private readonly outer?: ModelWriter,
    private readonly frozen: readonly string[] = outer?.frozen ?? [],
  ) {
    this.builder = new GraphBuilder(undefined, name, outer?.builder);
    this.trainingOnly = outer?.trainingOnly ?? new Map<string, TrainingOnlySetting>();
  }

  /** True for a frozen layer and for the layers inside one. */
  isFrozen(layer: string): boolean {
    return isWithin(layer, this.frozen);
  }

  /** A writer for the body of a loop: it may read everything that is written here so far. */
  body(): ModelWriter {
    return new ModelWriter(this.mode, this.builder.fresh('loop'), this);
  }

  /** Writes with `steps` rows for each sample, as if every step of a series were a sample. */
  inSteps<T>(steps: number, write: () => T): T {
    const before = this.rowsPerSample;
    this.rowsPerSample = before * steps;
    try {
      return write();
    } finally {
      this.rowsPerSample = before;
    }
  }

  /** Writes the operators of one call of a layer. */
  inLayer<T>(name: string, write: () => T): T {
    const before = this.owner;
    this.owner = name;
    try {
      return write();
    } finally {
      this.owner = before;
    }
  }

  /** The name of one more call of a layer: later calls of a shared layer get a number. */
  callName(layer: string): string {
    const earlier = this.calls.get(layer) ?? 0;
    this.calls.set(layer, earlier + 1);
    if (earlier === 0) return layer;
    const name = `${layer}:${earlier}`;
    return this.calls.has(name) ? this.callName(layer) : name;
  }

  dataInput(name: string, shape: readonly number[]): Value {
    this.data.push(this.input(name, ['n', ...shape]));
    return { tensor: name, shape, layout: 'last', from: name };
  }

  parameter(spec: ParameterSpec): string {
    if (this.parameters.has(spec.name)) return spec.name;
    this.parameters.set(spec.name, spec);
    return this.input(spec.name, spec.graphDims);
  }

  /** Opens an input for random numbers of training, described by the rest of its `MaskSpec`. */
  mask(name: string, dims: readonly Dim[], kind: Omit<MaskSpec, 'name' | 'dims'>): string {
    if (this.outer !== undefined) throw new Error(`mask ${name} is requested inside a loop`);
    const unique = this.builder.has(name) ? this.builder.fresh(name) : name;
    const rest = dims.slice(1);
    const ownDims = this.rowsPerSample === 1 ? dims : ['n', this.rowsPerSample, ...rest];
    this.masks.push({ name: unique, dims: ownDims, ...kind });
    const mask = this.input(unique, ownDims);
    return this.rowsPerSample === 1
      ? mask
      : this.op('Reshape', [mask, this.constant([-1, ...rest.map(Number)])], dims);
  }

  op(opType: string, inputs: readonly string[], dims: readonly Dim[], attributes: Attributes = {}): string {
    const tensor = this.builder.op(opType, inputs, attributes);
    this.shapes.set(tensor, this.inRows(dims));
    this.own(tensor);
    return tensor;
  }

  /** An operator with several outputs, one for each list of dimensions. */
  ops(
    opType: string,
    inputs: readonly string[],
    dims: readonly (readonly Dim[])[],
    attributes: Attributes = {},
  ): string[] {
    const tensors = this.builder.ops(opType, inputs, attributes, dims.length);
    tensors.forEach((tensor, i) => {
      this.shapes.set(tensor, this.inRows(dims[i]!));
      this.own(tensor);
    });
    return tensors;
  }

  /**
   * Copies the operators of a graph without subgraphs under new names. `known` maps its inputs and constants
   * to tensors of this graph.
   */
  splice(graph: Graph, name: string, known: ReadonlyMap<string, string>): string[] {
    const prefix = this.builder.fresh(name);
    const names = new Map(known);
    for (const [constant, tensor] of graph.initializers)
      if (!names.has(constant)) names.set(constant, this.constant(tensor));
    for (const { outputs } of graph.nodes)
      for (const output of outputs) names.set(output, output === '' ? '' : `${prefix}/${output}`);
    const here = (tensor: string): string => (tensor === '' ? '' : names.get(tensor)!);
    for (const node of graph.nodes) {
      const outputs = node.outputs.map(here);
      this.builder.add({ ...node, inputs: node.inputs.map(here), outputs });
      for (const output of outputs) this.own(output);
    }
    return graph.outputs.map((output) => {
      const dims = ['n', ...output.dims!.slice(1)];
      // An output that is an input of the graph gets a separate operator.
      const tensor = known.has(output.name)
        ? this.op('Identity', [here(output.name)], dims)
        : here(output.name);
      this.shapes.set(tensor, this.inRows(dims));
      return tensor;
    });
  }

  /** Opens an input of a loop's body. */
  loopInput(hint: string, dims: readonly Dim[]): string {
    return this.input(this.builder.fresh(hint), dims);
  }

  /** Declares an output of a loop's body under a separate name. */
  loopOutput(tensor: string, dims: readonly Dim[]): void {
    this.builder.output(this.builder.op('Identity', [tensor], {}, this.builder.fresh('Identity')), dims);
  }

  /** The graph of a loop's body; its tensors are known by their shapes outside too. */
  loopBody(): Graph {
    for (const [tensor, dims] of this.shapes) this.outer?.shapes.set(tensor, dims);
    return this.builder.build();
  }

  constant(value: TensorData | number | readonly number[]): string {
    const tensor = this.builder.constant(value);
    this.shapes.set(
      tensor,
      typeof value === 'number' ? [] : 'dataType' in value ? value.dims : [value.length],
    );
    return tensor;
  }

  /**
   * Returns the value in the given layout. Reuses the original tensor instead of transposing a value back.
   */
  as(layout: Value['layout'], value: Value): Value {
    if (value.layout === layout || value.shape.length < 2) return value;
    const known = this.converted.get(`${layout} ${value.tensor}`);
    if (known !== undefined) return known;
    const rank = value.shape.length;
    const target = { ...value, layout };
    const dims = toDims(target);
    const perm = layout === 'first' ? [0, rank, ...range(1, rank)] : [0, ...range(2, rank + 1), 1];
    // With one channel or one position nothing moves in memory.
    const still = value.shape.at(-1) === 1 || value.shape.slice(0, -1).every((size) => size === 1);
    const tensor = still
      ? this.op('Reshape', [value.tensor, this.constant([-1, ...(dims.slice(1) as number[])])], dims)
      : this.op('Transpose', [value.tensor], dims, { perm });
    const result = { ...target, tensor };
    this.converted.set(`${layout} ${value.tensor}`, result);
    this.converted.set(`${value.layout} ${tensor}`, value);
    return result;
  }

  /**
   * Declares the value as an output of the graph, channels last; ONNX Runtime takes no graph that hands an
   * input through.
   */
  asOutput(value: Value): Value {
    const last = this.as('last', value);
    const output = this.data.includes(last.tensor)
      ? { ...last, tensor: this.op('Identity', [last.tensor], toDims(last)) }
      : last;
    this.builder.output(output.tensor, toDims(output));
    return output;
  }

  build(): Graph {
    const graph = this.builder.build();
    const order = [...this.data, ...this.parameters.keys(), ...this.masks.map(({ name }) => name)];
    return { ...graph, inputs: order.map((name) => graph.inputs.find((input) => input.name === name)!) };
  }

  /** Equal operators of several layers are one, which belongs to the first of them. */
  private own(tensor: string): void {
    if (this.owner !== undefined && !this.owners.has(tensor)) this.owners.set(tensor, this.owner);
  }

  private inRows(dims: readonly Dim[]): readonly Dim[] {
    return this.rowsPerSample === 1
      ? dims
      : dims.map((dim) => (dim === 'n' ? `n*${this.rowsPerSample}` : dim));
  }

  private input(name: string, dims: readonly Dim[]): string {
    this.shapes.set(name, dims);
    return this.builder.input(name, dims);
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
