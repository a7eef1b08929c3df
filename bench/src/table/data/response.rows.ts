import { type Engine, RESPONSE_BATCH_ROWS, type ResponsesProgram, runBatches } from '@noema/engine';
import { SIDE } from '@noema/example-mnist';
import { float32 } from '@noema/onnx';

/** Means and maxima of all units, [n, units] each, and predictions [n, classes]. */
export interface ResponseRows {
  readonly mean: Float32Array;
  readonly max: Float32Array;
  readonly predictions: Float32Array;
}

/** Takes the responses of samples as the service does: batches on all threads, reductions inside the graph. */
export async function respond(engine: Engine, { program, layers, means, maxima, predictions: [prediction] }: ResponsesProgram, rows: number, batchOf: (from: number, to: number) => Float32Array): Promise<ResponseRows> {
  const units = layers.reduce((sum, { layer }) => sum + layer.units, 0), classes = layers.at(-1)!.layer.units;
  const made = { mean: new Float32Array(rows * units), max: new Float32Array(rows * units), predictions: new Float32Array(rows * classes) };
  await runBatches(engine, program, {
    rows, batchSize: RESPONSE_BATCH_ROWS, fetches: [means!, maxima!, prediction!], transfer: true,
    feeds: (from, to) => ({ [program.inputs[0]!.name]: float32(batchOf(from, to), [to - from, SIDE, SIDE, 1]) }),
    take: (outputs, from) => {
      made.mean.set(outputs[means!]!.data as Float32Array, from * units);
      made.max.set(outputs[maxima!]!.data as Float32Array, from * units);
      made.predictions.set(outputs[prediction!]!.data as Float32Array, from * classes);
    },
  });
  return made;
}
