import type { DomainError } from '@noema/kernel';
import { type Attributes, type Dim, elementCount, type Graph, int64, type TensorData } from '@noema/onnx';
import { type Loop, writeLoop } from './loop.js';
import type { ModelWriter } from './model.writer.js';
import { type ParameterOptions, parameterSpec } from './parameter.js';
import { toDims, shapeText, type Value } from './value.js';

/** The parts of the layer's settings that the scope needs. */
export interface LayerOwner {
  readonly trainable: boolean;
  /** An error that names the layer. */
  fail(why: string): DomainError;
}

/** Operations of one layer on the graph: read its inputs, add parameters and masks, write operators. */
export class LayerScope {
  /** `parameters` collects the names of the layer's parameters. */
  constructor(
    private readonly writer: ModelWriter,
    readonly name: string,
    private readonly owner: LayerOwner,
    readonly parameters = new Set<string>(),
  ) {}

  /** The scope of a layer inside this one; its parameters count as this layer's. */
  within(part: string | undefined, owner: Partial<LayerOwner> = {}): LayerScope {
    const { trainable, fail } = {
      trainable: this.owner.trainable,
      fail: (why: string) => this.owner.fail(why),
      ...owner,
    };
    return new LayerScope(
      this.writer,
      part === undefined ? this.name : `${this.name}/${part}`,
      { trainable: trainable && this.owner.trainable, fail },
      this.parameters,
    );
  }

  /** Writes a loop over the steps of series [steps, …], carrying states along. */
  loop(loop: Loop<LayerScope>): { states: Value[]; collected?: Value } {
    return writeLoop(
      this.writer,
      (body) => new LayerScope(body, this.name, this.owner, this.parameters),
      loop,
    );
  }

  /** Applies `write` to all steps at once, each step of [steps, …] as if it were a sample. */
  eachStep(series: Value, write: (step: Value) => Value): Value {
    const {
      tensor,
      shape: [steps, ...rest],
    } = this.last(series);
    const result = this.writer.inSteps(steps!, () =>
      this.last(
        write({
          tensor: this.op('Reshape', [tensor, this.constant([-1, ...rest])], ['n', ...rest]),
          shape: rest,
          layout: 'last',
        }),
      ),
    );
    const shape = [steps!, ...result.shape];
    return {
      tensor: this.op('Reshape', [result.tensor, this.constant([-1, ...shape])], ['n', ...shape]),
      shape,
      layout: 'last',
    };
  }

  /** For a whole model inside the layer. */
  get modelWriter(): ModelWriter {
    return this.writer;
  }

  get isTraining(): boolean {
    return this.writer.mode === 'training';
  }

  get trainable(): boolean {
    return this.owner.trainable && !this.writer.isFrozen(this.name);
  }

  fail(why: string): DomainError {
    return this.owner.fail(why);
  }

  /** Returns the only input, with the given rank (without the batch) if one is required. */
  one(inputs: readonly Value[], rank?: number): Value {
    const [value] = inputs;
    if (value === undefined || inputs.length !== 1)
      throw this.fail(`takes one input; ${inputs.length} are connected`);
    const form = ['', '[units]', '[steps, channels]', '[height, width, channels]'][rank ?? 0];
    if (rank !== undefined && value.shape.length !== rank)
      throw this.fail(`takes ${form ?? `${rank} dimensions`}; its input is ${shapeText(value.shape)}`);
    return value;
  }

  /** The tensor of one of the layer's parameters, the same one for every call of a shared layer. */
  parameter(weight: string, dims: readonly number[], options: ParameterOptions): string {
    const spec = parameterSpec(this.name, weight, dims, {
      ...options,
      trainable: (options.trainable ?? true) && this.trainable,
    });
    const known = this.writer.parameters.get(spec.name);
    if (known !== undefined && known.dims.join() !== dims.join())
      throw this.fail(
        `is shared, but its ${weight} would be ${shapeText(known.dims)} for one input and ` +
          `${shapeText(dims)} for another`,
      );
    this.parameters.add(spec.name);
    return this.writer.parameter(spec);
  }

  mask(dims: readonly Dim[], rate: number): string {
    return this.writer.mask(`${this.name}/mask`, dims, { rate });
  }

  /** Random numbers of training, normal with mean 0 and variance 1. */
  noise(dims: readonly Dim[]): string {
    return this.writer.mask(`${this.name}/noise`, dims, { rate: 0, distribution: 'normal' });
  }

  /**
   * Sets the value of a parameter after a training step. `write` receives its current value, which an earlier
   * call of a shared layer may have changed.
   */
  follow(weight: string, write: (current: string) => string): void {
    const parameter = `${this.name}/${weight}`;
    const tensor = write(this.writer.updates.get(parameter) ?? parameter);
    this.writer.updates.set(parameter, tensor);
  }

  /** Writes an operator. `dims` are the dimensions of its output in the graph. */
  op(opType: string, inputs: readonly string[], dims: readonly Dim[], attributes: Attributes = {}): string {
    return this.writer.op(opType, inputs, dims, attributes);
  }

  /** Writes an operator with several outputs, each with its dimensions. */
  ops(
    opType: string,
    inputs: readonly string[],
    dims: readonly (readonly Dim[])[],
    attributes: Attributes = {},
  ): string[] {
    return this.writer.ops(opType, inputs, dims, attributes);
  }

  /** Writes an operator whose output has the dimensions of the given value. */
  like(value: Value, opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.writer.op(opType, inputs, toDims(value), attributes);
  }

  constant(value: TensorData | number | readonly number[]): string {
    return this.writer.constant(value);
  }

  /** A scalar int64, as `Gather` and `Equal` want it. */
  index(value: number): string {
    return this.writer.constant(int64([value], []));
  }

  /** Zeros of a shape for every sample of a value. */
  zeros(like: Value, shape: readonly number[]): Value {
    const samples = this.op('Shape', [like.tensor], [1], { start: 0, end: 1 });
    const dims = this.op('Concat', [samples, this.constant(shape)], [shape.length + 1], { axis: 0 });
    return { tensor: this.op('Expand', [this.constant(0), dims], ['n', ...shape]), shape, layout: 'last' };
  }

  /**
   * Returns the mask of a series [steps, width] without the steps where all of `absent` (booleans of its
   * shape) are true.
   */
  keepWhere({ shape: [steps, width] }: Value, absent: string): string {
    const present = this.op(
      'Cast',
      [this.op('Not', [absent], ['n', steps!, width!])],
      ['n', steps!, width!],
      { to: 1 },
    );
    return width === 1
      ? present
      : this.op('ReduceMax', [present, this.constant([2])], ['n', steps!, 1], { keepdims: 1 });
  }

  /**
   * Copies a whole graph's operators and returns its outputs. `known` maps its inputs and constants to
   * tensors of this graph.
   */
  splice(graph: Graph, known: ReadonlyMap<string, string>): string[] {
    return this.writer.splice(graph, this.name, known);
  }

  /** The value with its channels first, as convolutions read it. */
  first(value: Value): Value {
    return this.writer.as('first', value);
  }

  /** The value with its channels last, as Keras counts its axes. */
  last(value: Value): Value {
    return this.writer.as('last', value);
  }

  /** The values in one layout, that of the first where nothing speaks against it. */
  aligned(values: readonly Value[]): Value[] {
    const layout = values.every(({ shape }) => shape.length === values[0]!.shape.length)
      ? values[0]!.layout
      : 'last';
    return values.map((value) => this.writer.as(layout, value));
  }

  /** The axis in the graph of an axis as Keras counts it: batch 0, channels last, negative from the end. */
  toAxis({ shape, layout }: Value, axis: number): number {
    const rank = shape.length + 1;
    const positive = axis < 0 ? axis + rank : axis;
    if (positive < 1 || positive >= rank)
      throw this.fail(`has axis ${axis}; its input ${shapeText(shape)} has axes 1 to ${rank - 1}`);
    return layout === 'last' ? positive : positive === rank - 1 ? 1 : positive + 1;
  }

  /**
   * A vector with one element for every index of `axis` (in the graph), shaped to be broadcast over the
   * value.
   */
  along(value: Value, axis: number, vector: string, size: number): string {
    const rank = value.shape.length + 1;
    if (axis === rank - 1) return vector;
    const dims = [size, ...Array<number>(rank - 1 - axis).fill(1)];
    return this.op('Reshape', [vector, this.constant(dims)], dims);
  }

  /** A value of another shape with the same elements in Keras's order. */
  reshaped(value: Value, shape: readonly number[]): Value {
    const source = this.last(value);
    if (elementCount(shape) !== elementCount(source.shape))
      throw this.fail(
        `cannot make ${shapeText(shape)} of ${shapeText(source.shape)}: ${elementCount(source.shape)} ` +
          `elements are not ${elementCount(shape)}`,
      );
    if (shape.join() === source.shape.join()) return { ...source };
    return {
      tensor: this.op('Reshape', [source.tensor, this.constant([-1, ...shape])], ['n', ...shape]),
      shape,
      layout: 'last',
    };
  }

  rememberLogits(after: Value, before: Value, nonLinearity: 'softmax' | 'sigmoid'): void {
    this.writer.logits.set(after.tensor, { value: before, nonLinearity });
  }
}
