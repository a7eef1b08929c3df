import { type Engine, evaluateProgram, metricOf, RESPONSE_BATCH_ROWS, residentOf, runRows, type TrainingData, type Weights } from '@noema/engine';
import type { CompiledModel } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import type { SplitRows } from '../domain/dataset.js';
import type { KerasSpec, SplitMetrics } from '../domain/run.js';
import type { Evaluation, Watched } from '../domain/training.ports.js';
import { lossesOf } from './run.plan.js';

export interface Judge {
  /** The model compiled for inference. */
  readonly model: CompiledModel;
  readonly loss: KerasSpec;
  readonly metrics: readonly KerasSpec[];
  readonly data: TrainingData;
  readonly splits: readonly SplitRows[];
  readonly sampleCount: number;
}

/** Runs the model over all rows and gives each row's loss and prediction, and the metrics of every split with ground truth. */
export async function evaluateRows(engine: Engine, weights: Weights, { model, loss, metrics, data, splits, sampleCount: rows }: Judge, { signal, onBatch }: Watched): Promise<{ evaluation: Evaluation; splits: SplitMetrics[] }> {
  const { program, predictions, loss: lossOutput, targets } = evaluateProgram(model, weights, lossesOf(model, loss), engine);
  const width = elementCount(model.outputs[0]!.dims.slice(1).map(Number));
  const evaluation = emptyEvaluation(rows, width);
  await runRows(engine, program, {
    rows, batchSize: RESPONSE_BATCH_ROWS, signal, feeds: data,
    into: [
      { output: predictions[0]!, target: { data: evaluation.probabilities, rowDims: model.outputs[0]!.dims.slice(1).map(Number) } },
      { output: lossOutput!, target: { data: evaluation.loss, rowDims: [] } },
    ],
    onRows: (done) => { onBatch(done, rows, 0); },
  });
  const target = data.get(targets[0]!.name)!;
  const targetWidth = elementCount(target.rowDims);
  for (const { split, firstRow, count } of splits) if (split !== 'unlabeled') evaluation.hasLoss.fill(1, firstRow, firstRow + count);
  judgeClasses(evaluation, target.data, targetWidth, /crossentropy/i.test(loss.name.replaceAll('_', '')));
  const judged = splits.filter(({ split, count }) => split !== 'unlabeled' && count > 0);
  return { evaluation, splits: judged.map((span) => metricsOf(span, evaluation, { targets: target.data, targetWidth, metrics })) };
}

const emptyEvaluation = (rows: number, width: number): Evaluation => ({
  rows, width,
  hasLoss: new Uint8Array(rows),
  loss: residentOf(rows, []).data,
  predictedClass: new Int32Array(rows).fill(-1),
  trueClass: new Int32Array(rows).fill(-1),
  correct: new Uint8Array(rows),
  probabilities: residentOf(rows, [width]).data,
});

/** Fills in classes where the model classifies, and takes the loss from rows without ground truth. */
function judgeClasses({ rows, width, hasLoss, loss, predictedClass, trueClass, correct, probabilities }: Evaluation, targets: Float32Array, targetWidth: number, classifies: boolean): void {
  const largest = (values: Float32Array, row: number, size: number): number => {
    if (size === 1) return values[row]! > 0.5 ? 1 : 0;
    let best = 0;
    for (let c = 1; c < size; c++) if (values[row * size + c]! > values[row * size + best]!) best = c;
    return best;
  };
  for (let row = 0; row < rows; row++) {
    if (hasLoss[row] !== 1) loss[row] = NaN;
    if (!classifies) continue;
    predictedClass[row] = largest(probabilities, row, width);
    if (hasLoss[row] !== 1) continue;
    trueClass[row] = targetWidth === 1 && width > 1 ? targets[row]! : largest(targets, row, targetWidth);
    correct[row] = trueClass[row] === predictedClass[row] ? 1 : 0;
  }
}

function metricsOf({ split, firstRow, count }: SplitRows, { loss, probabilities, width }: Evaluation, { targets, targetWidth, metrics }: { targets: Float32Array; targetWidth: number; metrics: readonly KerasSpec[] }): SplitMetrics {
  const judged = {
    rows: count, width, targetWidth,
    predictions: probabilities.subarray(firstRow * width, (firstRow + count) * width),
    targets: targets.subarray(firstRow * targetWidth, (firstRow + count) * targetWidth),
  };
  let total = 0;
  for (let row = firstRow; row < firstRow + count; row++) total += loss[row]!;
  const values = metrics.map((spec) => metricOf(spec.name, spec.config)).map((metric) => ({ name: metric.name, value: metric.measure(judged) }));
  // One that says nothing of this split, such as the AUC of a single class, is left out.
  return { split, sampleCount: count, loss: total / count, metrics: values.filter(({ value }) => Number.isFinite(value)) };
}
