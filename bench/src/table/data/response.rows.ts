import { type Engine, type ResponsesProgram, runBatches, type Tensors } from '@noema/engine';
import { SIDE } from '@noema/example-mnist';
import { float32 } from '@noema/onnx';

const BATCH_ROWS = 256;

/** Means and maxima of all units, [n, units] each, and predictions [n, classes]. */
export interface ResponseRows {
  readonly mean: Float32Array;
  readonly max: Float32Array;
  readonly predictions: Float32Array;
}

/** Takes the responses of samples as the service does: batches on all threads, reductions inside the graph. */
export async function respond(engine: Engine, { program, layers, predictions: [prediction] }: ResponsesProgram, rows: number, batchOf: (from: number, to: number) => Float32Array): Promise<ResponseRows> {
  const units = layers.reduce((sum, { layer }) => sum + layer.units, 0), classes = layers.at(-1)!.layer.units;
  const made = { mean: new Float32Array(rows * units), max: new Float32Array(rows * units), predictions: new Float32Array(rows * classes) };
  await runBatches(engine, program, {
    rows, batchSize: BATCH_ROWS,
    feeds: (from, to) => ({ [program.inputs[0]!.name]: float32(batchOf(from, to), [to - from, SIDE, SIDE, 1]) }),
    take: (outputs, from) => {
      let offset = 0;
      for (const { layer, mean, max } of layers) {
        copy(outputs, mean, layer.units, made.mean, { from, offset, width: units });
        copy(outputs, max, layer.units, made.max, { from, offset, width: units });
        offset += layer.units;
      }
      made.predictions.set(outputs[prediction!]!.data as Float32Array, from * classes);
    },
  });
  return made;
}

function copy(outputs: Tensors, name: string, units: number, into: Float32Array, { from, offset, width }: { from: number; offset: number; width: number }): void {
  const data = outputs[name]!.data as Float32Array;
  for (let i = 0; i * units < data.length; i++) into.set(data.subarray(i * units, (i + 1) * units), (from + i) * width + offset);
}
