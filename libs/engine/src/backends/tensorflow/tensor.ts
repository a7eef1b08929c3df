import { toArrayType, type DataType, elementCount, type TensorData } from '@noema/onnx';
import type { TensorFlowLibrary } from './library.js';

/** TensorFlow's numbers of types (TF_DataType). */
const CODES: Readonly<Record<DataType, number>> = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  uint16: 17,
  float16: 19,
  uint32: 22,
  uint64: 23,
};
const TYPES = new Map(Object.entries(CODES).map(([type, code]) => [code, type as DataType]));

export const toCode = (dataType: DataType): number => CODES[dataType];
export const toDataType = (code: number): DataType => TYPES.get(code)!;

/** Order of the axes in memory: axis `order[i]` of the tensor is the i-th of its native form. */
export type Order = readonly number[];

export const plainOrder = (rank: number): Order => Array.from({ length: rank }, (_, i) => i);
/**
 * Axis order of channels-last maps: [n, c, …] is stored as [n, …, c], as TensorFlow's convolutions and pools
 * require.
 */
export const channelsLast = (rank: number): Order => [
  0,
  ...Array.from({ length: rank - 2 }, (_, i) => i + 2),
  1,
];

/**
 * A tensor of a run. It has native copies in one or more axis orders. Further orders are created on demand
 * and cached, so that chains of operators on channels-last maps transpose only at their ends.
 */
export class Tensor {
  /** How many names of graphs hold it. */
  holders = 0;
  private readonly forms = new Map<string, { readonly order: Order; readonly id: number }>();
  private numbers: readonly number[] | undefined;

  constructor(
    private readonly library: TensorFlowLibrary,
    readonly dataType: DataType,
    readonly dims: readonly number[],
    private readonly made:
      | { readonly order?: Order; readonly id: number }
      | { readonly data: TensorData['data'] },
  ) {
    if ('id' in made) this.keep(made.order ?? plainOrder(dims.length), made.id);
  }

  get rank(): number {
    return this.dims.length;
  }

  get size(): number {
    return elementCount(this.dims);
  }

  /** An axis order in which a copy exists. */
  get order(): Order {
    const [first] = this.forms.values();
    return first?.order ?? plainOrder(this.rank);
  }

  /** The native tensor with the axes in this order. */
  id(order: Order = plainOrder(this.rank)): number {
    const known = this.forms.get(order.join());
    if (known !== undefined) return known.id;
    const [from] = this.forms.values();
    if (from !== undefined) return this.keep(order, this.turned(from, order));
    this.keep(
      plainOrder(this.rank),
      this.library.tensor(
        toCode(this.dataType),
        this.dims,
        (this.made as { readonly data: TensorData['data'] }).data,
      ),
    );
    return this.id(order);
  }

  /** Its values on this side: for shapes, axes and the like. */
  values(): readonly number[] {
    return (this.numbers ??= Array.from(this.read().data, Number));
  }

  read(): TensorData {
    const { dataType, dims } = this;
    if ('data' in this.made) return { dataType, dims, data: this.made.data };
    const bytes = this.library.read(this.id());
    return { dataType, dims, data: new (toArrayType(dataType))(bytes, 0, this.size) };
  }

  /** Frees its native copies. */
  drop(): void {
    for (const { id } of this.forms.values()) this.library.remove(id);
    this.forms.clear();
  }

  private keep(order: Order, id: number): number {
    this.forms.set(order.join(), { order, id });
    return id;
  }

  private turned(from: { readonly order: Order; readonly id: number }, order: Order): number {
    const turn = this.library.tensor(
      CODES.int32,
      [order.length],
      Int32Array.from(order, (axis) => from.order.indexOf(axis)),
    );
    try {
      return this.library.execute('Transpose', [], [from.id, turn], 1)[0]!;
    } finally {
      this.library.remove(turn);
    }
  }
}
