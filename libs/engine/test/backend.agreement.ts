import { seededRandom } from '@noema/kernel';
import { type Dim, elementCount, encodeModel, type Graph, type TensorData } from '@noema/onnx';
import { backends, type Tensors } from '../src/index.js';

/** A float32 array in these dimensions, with `rows` in the place of every open one. */
export type Draw = (dims: readonly Dim[], rows: number) => TensorData;

/** Numbers of [−1, 1), the same for the same seed. */
export function drawing(seed: number): Draw {
  const random = seededRandom(seed);
  return (dims, rows) => {
    const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : rows));
    return {
      dataType: 'float32',
      dims: sizes,
      data: Float32Array.from({ length: elementCount(sizes) }, () => 2 * random() - 1),
    };
  };
}

/** All outputs of a graph, run once on a backend. */
export async function outputsOn(key: string, graph: Graph, feeds: Tensors): Promise<Tensors> {
  const session = await backends.get(key).open(encodeModel(graph), { intraOpThreads: 1 });
  try {
    return await session.run(
      feeds,
      graph.outputs.map(({ name }) => name),
    );
  } finally {
    await session.dispose();
  }
}

/**
 * The outputs that are apart: in type or dimensions, or by more than 1e-4 of the largest number (1e-5 where
 * that is below a tenth).
 */
export function apart(actual: Tensors, expected: Tensors): string[] {
  return Object.entries(expected).flatMap(([name, { dataType, dims, data }]) => {
    const other = actual[name];
    if (other?.dataType !== dataType || other.dims.join() !== dims.join())
      return [
        `${name}: ${other?.dataType}[${other?.dims.join()}] in the place of ${dataType}[${dims.join()}]`,
      ];
    let [worst, scale] = [0, 0.1];
    for (let i = 0; i < data.length; i++) {
      const [a, b] = [Number(other.data[i]), Number(data[i])];
      if (Object.is(a, b) || a === b) continue;
      worst = Math.max(worst, Number.isNaN(a - b) ? Infinity : Math.abs(a - b));
      scale = Math.max(scale, Math.abs(b));
    }
    return worst <= 1e-4 * scale ? [] : [`${name}: ${worst} apart, of ${scale}`];
  });
}
