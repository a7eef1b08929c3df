import { type DataType, int64, type TensorData } from '@noema/onnx';
import type { TensorFlowLibrary } from './library.js';
import { toCode, toDataType, type Order, plainOrder, Tensor } from './tensor.js';

/** Attributes of a TensorFlow operator: name, kind, value, name, kind, value, … */
export type NativeAttributes = readonly unknown[];

export const ints = (name: string, values: readonly number[]): NativeAttributes => [name, 'ints', values];
export const int = (name: string, value: number): NativeAttributes => [name, 'int', value];
export const real = (name: string, value: number): NativeAttributes => [name, 'float', value];
export const flag = (name: string, value: boolean): NativeAttributes => [name, 'bool', value ? 1 : 0];
export const text = (name: string, value: string): NativeAttributes => [name, 'text', value];
export const type = (name: string, value: DataType): NativeAttributes => [name, 'type', toCode(value)];

/**
 * Runs TensorFlow's operators one by one. At the end of a scope, all of its tensors that are not referenced
 * are freed.
 */
export class Eager {
  private made: Tensor[] = [];

  constructor(readonly library: TensorFlowLibrary) {}

  /** A tensor that stays until it is dropped. */
  constant({ dataType, dims, data }: TensorData): Tensor {
    return new Tensor(this.library, dataType, dims, { data });
  }

  /** A tensor that is copied to native memory only when an operator needs it. */
  given(data: TensorData): Tensor {
    return this.track(this.constant(data));
  }

  ints(values: readonly number[], dims?: readonly number[]): Tensor {
    return this.given(int64(values, dims));
  }

  /** Sizes and the like, where TensorFlow takes int32 only. */
  int32(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
    return this.given({ dataType: 'int32', dims, data: Int32Array.from(values) });
  }

  /** A scalar of the type of another tensor. */
  scalar(value: number, { dataType }: Pick<Tensor, 'dataType'>): Tensor {
    if (dataType === 'float32') return this.given({ dataType, dims: [], data: Float32Array.of(value) });
    return this.op(
      'Cast',
      [this.given({ dataType: 'float64', dims: [], data: Float64Array.of(value) })],
      type('DstT', dataType),
    );
  }

  op(name: string, inputs: readonly Tensor[], attributes: NativeAttributes = []): Tensor {
    return this.ops(name, inputs, attributes, 1)[0]!;
  }

  ops(name: string, inputs: readonly Tensor[], attributes: NativeAttributes, count: number): Tensor[] {
    return this.execute(
      name,
      inputs.map((input) => input.id()),
      { attributes, count },
    );
  }

  /**
   * Runs an operator with one output on native tensors with a given axis order. The output has the same
   * order.
   */
  ordered(name: string, inputs: readonly number[], order: Order, attributes: NativeAttributes = []): Tensor {
    return this.execute(name, inputs, { attributes, count: 1, order })[0]!;
  }

  /** Runs an elementwise operator in the axis order of the largest inputs. */
  elementwise(name: string, inputs: readonly Tensor[], attributes: NativeAttributes = []): Tensor {
    const rank = Math.max(...inputs.map((input) => input.rank));
    const order = inputs.find((input) => input.rank === rank && input.size > 1)?.order ?? plainOrder(rank);
    const fits = inputs.every((input) => input.rank === rank || input.size === 1);
    return fits
      ? this.ordered(
          name,
          inputs.map((input) => (input.rank === rank ? input.id(order) : input.id())),
          order,
          attributes,
        )
      : this.op(name, inputs, attributes);
  }

  reshape(x: Tensor, dims: readonly number[]): Tensor {
    return this.op('Reshape', [x, this.ints(dims)]);
  }

  cast(x: Tensor, to: DataType): Tensor {
    return x.dataType === to ? x : this.elementwise('Cast', [x], type('DstT', to));
  }

  /** Runs a function and frees all tensors that it created, except its results and named tensors. */
  scope(body: () => Tensor[]): Tensor[] {
    const outer = this.made;
    this.made = [];
    let results: Tensor[] = [];
    try {
      return (results = body());
    } finally {
      const kept = new Set(results);
      const own = new Set(this.made);
      this.made = outer;
      for (const tensor of own) {
        if (kept.has(tensor)) this.made.push(tensor);
        else if (tensor.holders === 0) tensor.drop();
      }
    }
  }

  private execute(
    name: string,
    inputs: readonly number[],
    {
      attributes,
      count,
      order,
    }: { readonly attributes: NativeAttributes; readonly count: number; readonly order?: Order },
  ): Tensor[] {
    const facts = this.library.execute(name, attributes, inputs, count);
    const tensors: Tensor[] = [];
    for (let at = 0; at < facts.length; at += 3 + facts[at + 2]!) {
      const lying = facts.slice(at + 3, at + 3 + facts[at + 2]!);
      const dims = order === undefined ? lying : lying.map((_, axis) => lying[order.indexOf(axis)]!);
      tensors.push(
        this.track(
          new Tensor(this.library, toDataType(facts[at + 1]!), dims, {
            id: facts[at]!,
            ...(order === undefined ? {} : { order }),
          }),
        ),
      );
    }
    return tensors;
  }

  private track(tensor: Tensor): Tensor {
    this.made.push(tensor);
    return tensor;
  }
}
