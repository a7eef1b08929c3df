import { DomainError } from '@noema/kernel';
import { elementCount } from '@noema/onnx';

/** One input or target of all samples, row-major in shared memory: `rowDims` is the shape of one sample. */
export interface ResidentTensor {
  readonly data: Float32Array;
  readonly rowDims: readonly number[];
}

/** Everything that a training reads, by program input; all of it is in memory once, shared by all threads. */
export type TrainingData = ReadonlyMap<string, ResidentTensor>;

/** The tensor in shared memory; copied when it is not there yet. */
export function resident(data: Float32Array, rowDims: readonly number[]): ResidentTensor {
  if (data.buffer instanceof SharedArrayBuffer) return { data, rowDims };
  const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
  shared.set(data);
  return { data: shared, rowDims };
}

/** Room for rows in shared memory, to be filled shard by shard. */
export const toResident = (rows: number, rowDims: readonly number[]): ResidentTensor => ({
  data: new Float32Array(new SharedArrayBuffer(4 * rows * elementCount(rowDims))),
  rowDims,
});

export interface DataInput {
  readonly name: string;
  /** Shape of one sample. */
  readonly dims: readonly number[];
}

/**
 * Throws `invalid` TRAINING_DATA_INVALID when an input has no data, another shape, or fewer rows than are
 * trained on.
 */
export function checkData(data: TrainingData, inputs: readonly DataInput[], rows: Uint32Array): void {
  const last = rows.reduce((a, b) => Math.max(a, b), -1);
  if (last < 0) throw invalid('there is no row to train on; give a training split with at least one sample');
  for (const { name, dims } of inputs) {
    const tensor = data.get(name);
    if (tensor === undefined)
      throw invalid(
        `input "${name}" of the model has no data; given: ${[...data.keys()].join(', ') || 'none'}`,
      );
    const size = elementCount(dims);
    if (tensor.rowDims.join() !== dims.join())
      throw invalid(
        `input "${name}" takes samples of [${dims.join(', ')}]; the data have [${tensor.rowDims.join(', ')}]`,
      );
    if (tensor.data.length < (last + 1) * size)
      throw invalid(
        `input "${name}" has ${Math.floor(tensor.data.length / size)} rows; row ${last} is to be trained on`,
      );
  }
}

const invalid = (why: string): DomainError => new DomainError('invalid', 'TRAINING_DATA_INVALID', why);
