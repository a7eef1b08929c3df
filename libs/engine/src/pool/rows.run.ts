import { elementCount, float32, type TensorData } from '@noema/onnx';
import type { BackendSession } from '../backends/backend.js';
import type { Tensors } from '../tensors.js';

/** Batched execution of rows in shared memory, with outputs in shared memory. */
export interface RowsRequest {
  readonly batchSize: number;
  readonly into: Tensors;
}

/**
 * Memory of this thread for the rows of a batch, by input or output: the runtime reads and writes no shared
 * one.
 */
const buffers = new Map<string, Float32Array<ArrayBuffer>>();

/** Runs all rows of the feeds, a batch at a time; nothing is allocated once a batch has been run. */
export async function runRows(
  run: BackendSession['run'],
  feeds: Tensors,
  { batchSize, into }: RowsRequest,
): Promise<void> {
  const rows = Object.values(feeds)[0]?.dims[0] ?? 0;
  for (let from = 0; from < rows; from += batchSize) {
    const count = Math.min(batchSize, rows - from);
    const batch = (tensors: Tensors, use: string): Record<string, TensorData> =>
      Object.fromEntries(
        Object.entries(tensors).map(
          ([
            name,
            {
              dims: [, ...dims],
            },
          ]) => {
            const width = elementCount(dims);
            return [
              name,
              float32(room(`${use} ${name}`, batchSize * width).subarray(0, count * width), [count, ...dims]),
            ];
          },
        ),
      );
    const cutPart = ({ data, dims: [, ...dims] }: TensorData): Float32Array =>
      (data as Float32Array).subarray(from * elementCount(dims), (from + count) * elementCount(dims));
    const given = batch(feeds, 'in');
    const made = batch(into, 'out');
    for (const [name, tensor] of Object.entries(feeds))
      (given[name]!.data as Float32Array).set(cutPart(tensor));
    await run(given, Object.keys(made), made);
    for (const [name, tensor] of Object.entries(into)) cutPart(tensor).set(made[name]!.data as Float32Array);
  }
}

function room(key: string, length: number): Float32Array<ArrayBuffer> {
  const known = buffers.get(key);
  if (known !== undefined && known.length >= length) return known;
  const made = new Float32Array(length);
  buffers.set(key, made);
  return made;
}
