import { type Engine, MAX_BATCH_ROWS, type ResponsesProgram, toResident, runRows } from '@noema/engine';
import { SIDE } from '@noema/example-mnist';

/** Means and maxima of all units, [n, units] each, and predictions [n, classes]. */
export interface ResponseRows {
  readonly mean: Float32Array;
  readonly max: Float32Array;
  readonly predictions: Float32Array;
}

/**
 * Takes the responses of pictures in shared memory as the service does: batches on all threads, reductions
 * inside the graph.
 */
export async function respond(
  engine: Engine,
  { program, layers, means, maxima, predictions: [prediction] }: ResponsesProgram,
  images: Float32Array,
): Promise<ResponseRows> {
  const rows = images.length / (SIDE * SIDE);
  const units = layers.reduce((sum, { layer }) => sum + layer.units, 0);
  const [mean, max, scores] = [
    toResident(rows, [units]),
    toResident(rows, [units]),
    toResident(rows, [layers.at(-1)!.layer.units]),
  ];
  await runRows(engine, program, {
    rows,
    batchSize: MAX_BATCH_ROWS,
    feeds: new Map([[program.inputs[0]!.name, { data: images, rowDims: [SIDE, SIDE, 1] }]]),
    into: [
      { output: means!, target: mean },
      { output: maxima!, target: max },
      { output: prediction!, target: scores },
    ],
  });
  return { mean: mean.data, max: max.data, predictions: scores.data };
}
