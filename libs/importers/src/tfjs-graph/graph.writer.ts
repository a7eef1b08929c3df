import { type Attributes, elementCount, float32, GraphBuilder, int64, type TensorData } from '@noema/onnx';
import { formUnsupported } from './graph.errors.js';
import type { GraphNode } from './graph-def.js';
import { areFixed, isFixed, type Size } from './sizes.js';
import type { Value, ValueType } from './value.js';

const TO_FIRST = [0, 3, 1, 2];
const TO_LAST = [0, 2, 3, 1];
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** How a constant is written. */
export interface ConstantForm {
  readonly from?: readonly number[];
  readonly perm?: readonly number[];
  readonly to?: readonly number[];
}

/** Form of a result. */
export interface ResultForm {
  readonly dims: readonly Size[];
  readonly dataType?: ValueType;
  readonly isChannelsFirst?: boolean;
}

/**
 * Writes operators of ONNX for the nodes of TensorFlow, and remembers in which order each tensor has its
 * channels: convolutions and what follows them stay channels first, so that transposes stand only where the
 * order counts.
 */
export class GraphWriter {
  readonly builder: GraphBuilder;
  private readonly constants = new Map<TensorData, Map<string, string>>();
  private batch: string | undefined;

  constructor(
    name: string,
    private readonly inputs: () => readonly Value[],
    /** True where the file fixes its batch to one sample, which stands for a batch. */
    readonly isSingle: boolean,
    /** Names that the outputs get in the end, and nothing else. */
    private readonly outputs: ReadonlySet<string>,
  ) {
    this.builder = new GraphBuilder(undefined, name);
    this.builder.reserve([...outputs]);
  }

  /** The tensor in the order of TensorFlow. */
  last(value: Value): string {
    const tensor = this.written(value);
    return value.isChannelsFirst === true
      ? this.builder.op('Transpose', [tensor], { perm: TO_LAST })
      : tensor;
  }

  /** The tensor of four axes with its channels second. */
  first(value: Value): string {
    if (value.isChannelsFirst === true) return value.tensor!;
    return value.constant === undefined
      ? this.builder.op('Transpose', [this.written(value)], { perm: TO_FIRST })
      : this.constant(value, value.name, { perm: TO_FIRST });
  }

  /** The tensor in the order that the value has. */
  written(value: Value): string {
    if (value.tensor !== undefined) return value.tensor;
    if (value.constant !== undefined) return this.constant(value);
    return this.sizes(value);
  }

  /** Writes an operator with one result. */
  made(opType: string, inputs: readonly string[], form: ResultForm, attributes: Attributes = {}): Value {
    return { dataType: 'float32', ...form, tensor: this.builder.op(opType, inputs, attributes) };
  }

  /**
   * Writes a constant once in each form: its axes taken as `from`, then turned by `perm`, then as `to`. Equal
   * constants of two layers stay two.
   */
  constant({ constant, name }: Value, hint = name ?? 'const', { from, perm, to }: ConstantForm = {}): string {
    const data = constant!;
    if (data.dims.length === 0) return this.builder.constant(data);
    const forms = this.constants.get(data) ?? new Map<string, string>();
    this.constants.set(data, forms);
    const form = JSON.stringify([from, perm, to]);
    const known = forms.get(form);
    if (known !== undefined) return known;
    const turned = perm === undefined ? data : permuted({ ...data, dims: from ?? data.dims }, perm);
    const written = this.builder.initializer(this.unused(hint), { ...turned, dims: to ?? turned.dims });
    forms.set(form, written);
    return written;
  }

  private unused(hint: string): string {
    let name = hint;
    for (let i = 2; this.builder.has(name) || this.outputs.has(name); i++) name = `${hint}_${i}`;
    return name;
  }

  ints(values: readonly number[], dims?: readonly number[]): string {
    return this.builder.constant(int64(values, dims));
  }

  scalar(value: number): string {
    return this.builder.constant(float32([value], []));
  }

  /** A list of sizes as a tensor, also of the batch. */
  sizeList(sizes: readonly Size[]): string {
    if (areFixed(sizes)) return this.ints(sizes);
    return this.builder.op(
      'Concat',
      sizes.map((size) => (isFixed(size) ? this.ints([size]) : this.batchTimes(size.perSample))),
      { axis: 0 },
    );
  }

  private sizes(value: Value): string {
    const numbers = value.numbers!;
    if (areFixed(numbers)) return this.ints(numbers, value.dims as readonly number[]);
    const list = this.sizeList(numbers);
    return value.dims.length === 1
      ? list
      : this.builder.op('Reshape', [list, this.ints(value.dims as readonly number[])]);
  }

  private batchTimes(factor: number): string {
    const first = this.inputs()[0]!.tensor!;
    this.batch ??= this.builder.op('Slice', [
      this.builder.op('Shape', [first]),
      this.ints([0]),
      this.ints([1]),
    ]);
    return factor === 1 ? this.batch : this.builder.op('Mul', [this.batch, this.ints([factor])]);
  }
}

/** A value of known whole numbers. */
export const knownNumbers = (
  numbers: readonly Size[],
  dims: readonly number[] = [numbers.length],
): Value => ({
  dims,
  dataType: 'int64',
  numbers,
});

/** Known whole numbers of an input. Throws `unsupported` where they depend on the data or the batch. */
export function fixedNumbers(node: GraphNode, value: Value | undefined, what: string): number[] {
  const numbers = value?.numbers;
  if (numbers === undefined) throw formUnsupported(node, `takes its ${what} from the data`);
  if (!areFixed(numbers)) throw formUnsupported(node, `takes its ${what} from the number of samples`);
  return [...numbers];
}

/** The only known number of an input. */
export const fixedNumber = (node: GraphNode, value: Value | undefined, what: string): number =>
  fixedNumbers(node, value, what)[0] ?? 0;

/** An axis counted from the front. */
export function toAxis(node: GraphNode, axis: number, rank: number): number {
  const from = axis < 0 ? axis + rank : axis;
  if (from >= 0 && from < rank) return from;
  throw formUnsupported(node, `has axis ${axis}, and its input ${rank} axes`);
}

/** A constant with its axes in another order. */
export function permuted(tensor: TensorData, perm: readonly number[]): TensorData {
  const { dims, data } = tensor;
  const strides = dims.map((_, axis) => elementCount(dims.slice(axis + 1)));
  const to = perm.map((axis) => dims[axis]!);
  const steps = perm.map((axis) => strides[axis]!);
  const result = data.slice();
  const at = range(to.length).map(() => 0);
  let from = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = data[from]!;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++at[axis]! < to[axis]!) break;
      from -= steps[axis]! * to[axis]!;
      at[axis] = 0;
    }
  }
  return { ...tensor, dims: to, data: result };
}
