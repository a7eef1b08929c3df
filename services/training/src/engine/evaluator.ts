import type { PackedBoxes } from '@noema/detection';
import {
  batchRows,
  type Engine,
  evaluateProgram,
  integrationLoss,
  lossHead,
  metricOf,
  type ResidentTensor,
  residentOf,
  runRows,
  type TrainingData,
  type Weights,
} from '@noema/engine';
import { DomainError } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import type { RowPredictions, SplitRange } from '@noema/population';
import { metricColumn, type OutputEvaluation, type SampleMetric } from '@noema/population/rules';
import type { SplitMetrics } from '../epoch/epoch.js';
import type { RunSettings } from '../run/run.js';
import { compareObjects, readDecoding, ObjectRows } from './object-rows.js';
import { lossesOf, objectivesOf } from './run.plan.js';
import { MetricRows, type ScoreLoss, type ScoreMetrics } from './metric-rows.js';
import { judgedOf, type Outputs, verdictsOf } from './verdicts.js';

/** The model's inputs of rows that follow each other, by program input. */
export interface EvaluatedRows {
  readonly firstRow: number;
  readonly rowCount: number;
  readonly inputs: TrainingData;
}

export interface Watched {
  readonly signal: AbortSignal;
  /** Called after every batch. */
  readonly onBatch: (done: number, total: number, loss: number) => void;
}

export interface Judge {
  /** The model compiled for inference. */
  readonly model: CompiledModel;
  readonly settings: RunSettings;
  /** Ground truth of all rows, by program input. */
  readonly data: TrainingData;
  /** Objects of the ground truth of all rows, for a detection. */
  readonly trueObjects?: PackedBoxes | undefined;
  readonly parts: (signal: AbortSignal) => AsyncIterable<EvaluatedRows>;
  /** Computes the metrics of the integration of the data; absent when it declares none. */
  readonly scoreMetrics?: ScoreMetrics | undefined;
  /** Computes the loss of the integration of the data, for runs that name it. */
  readonly scoreLoss?: ScoreLoss | undefined;
  readonly workerBytes: number | undefined;
  readonly splits: readonly SplitRange[];
  readonly sampleCount: number;
}

/**
 * Runs the model over all rows and gives each row's outputs, its loss where there is ground truth, and the
 * metrics of every split that has some.
 */
export async function evaluateRows(
  engine: Engine,
  weights: Weights,
  {
    model,
    settings,
    data,
    trueObjects,
    parts,
    scoreMetrics,
    scoreLoss,
    workerBytes,
    splits,
    sampleCount: rows,
  }: Judge,
  { signal, onBatch }: Watched,
): Promise<{ evaluation: OutputEvaluation; splits: SplitMetrics[] }> {
  const losses = lossesOf(model, settings).filter(({ loss }) => loss !== integrationLoss.key);
  const [output] = model.outputs;
  const { program, predictions, loss: lossOutput, targets } = evaluateProgram(model, weights, losses, engine);
  const rowDims = output!.dims.slice(1).map(Number);
  const width = elementCount(rowDims);
  const objective = objectivesOf(model, settings)[0]!;
  const objects = objective.detection && new ObjectRows(objective.detection, objective.loss);
  const loss = residentOf(rows, []).data;
  // The numbers of a detection become objects part by part: a network gives millions for one picture.
  const metrics = scoreMetrics && new MetricRows(rows, scoreMetrics);
  const outputs = residentOf(objects === undefined ? rows : 0, [width]).data;
  const batchSize = batchRows(model, { threads: engine.threads, workerBytes });
  const addLosses = async (
    into: Float32Array,
    { firstRow, rowCount }: Pick<EvaluatedRows, 'firstRow' | 'rowCount'>,
    predicted: Omit<RowPredictions, 'rows'>,
  ): Promise<void> => {
    if (scoreLoss === undefined) throw lossUnknown();
    const rows = Int32Array.from({ length: rowCount }, (_, i) => firstRow + i);
    into.set((await scoreLoss({ rows, ...predicted }, { signal, withGradient: false })).losses, firstRow);
  };
  for await (const part of parts(signal)) {
    const own = (tensor: ResidentTensor): ResidentTensor => rowsOf(tensor, part);
    const partOutputs = objects && residentOf(part.rowCount, [width]).data;
    await runRows(engine, program, {
      rows: part.rowCount,
      batchSize,
      signal,
      feeds: new Map([...part.inputs, ...targets.map(({ name }) => [name, own(data.get(name)!)] as const)]),
      into: [
        {
          output: predictions[0]!,
          target: partOutputs ? { data: partOutputs, rowDims } : own({ data: outputs, rowDims }),
        },
        ...(lossOutput === undefined
          ? []
          : [{ output: lossOutput, target: own({ data: loss, rowDims: [] }) }]),
      ],
      onRows: (done) => {
        onBatch(part.firstRow + done, rows, 0);
      },
    });
    if (partOutputs) objects?.add(part.firstRow, partOutputs, width);
    const partPredictions = partOutputs ?? own({ data: outputs, rowDims }).data;
    if (objective.scored) await addLosses(loss, part, { dims: rowDims, predictions: partPredictions });
    await metrics?.add(part.firstRow, { dims: rowDims, predictions: partPredictions }, signal);
  }
  const isCompared = lossOutput !== undefined || trueObjects !== undefined || objective.scored !== undefined;
  const labelled = !isCompared ? [] : splits.filter(({ split, count }) => split !== 'unlabeled' && count > 0);
  const hasLoss = new Uint8Array(rows);
  for (const { firstRow, count } of labelled) hasLoss.fill(1, firstRow, firstRow + count);
  const predicted = objects?.pack(rows);
  const compared =
    predicted &&
    trueObjects &&
    compareObjects({ rows, predicted, truths: trueObjects, hasTruth: hasLoss }, readDecoding(objective.loss));
  if (compared && lossOutput === undefined) loss.set(compared.error);
  // A loss of −0, which the logarithm of 1 gives, becomes 0.
  loss.forEach((value, row) => {
    loss[row] = hasLoss[row] === 1 ? value + 0 : NaN;
  });
  const truth = data.get(`target:${objective.output}`);
  const isExclusive =
    objective.loss === undefined
      ? output!.nonLinearity === 'softmax'
      : lossHead(objective.loss.name).of === 'classes' || output!.nonLinearity === 'softmax';
  const of: Outputs = {
    rows,
    width: predicted?.width ?? width,
    outputs: predicted?.data ?? outputs,
    hasLoss,
    isExclusive,
    task: objective.task,
    channels:
      isExclusive || rowDims.length > 2 ? rowDims.at(-1)! : objective.task === 'per-pixel' ? 1 : width,
    truth:
      trueObjects ??
      ((lossOutput === undefined && objective.scored?.isComparable !== true) || truth === undefined
        ? undefined
        : { data: truth.data, width: elementCount(truth.rowDims) }),
  };
  if (isExclusive && lossOutput !== undefined && output!.nonLinearity === undefined) checkShares(of);
  const { error: _, ...objectVerdicts } = compared ?? {};
  const evaluation = {
    rows,
    width: of.width,
    task: objective.task,
    hasLoss,
    loss,
    outputs: of.outputs,
    ...verdictsOf(of),
    ...objectVerdicts,
    ...(metrics && { metrics: metrics.all() }),
  };
  return {
    evaluation,
    splits: labelled.map((span) =>
      withMeans(metricsOf(span, loss, of, settings), span, metrics?.all() ?? []),
    ),
  };
}

/** The metrics of a split with the means of the metrics of the integration over its rows. */
function withMeans(
  split: SplitMetrics,
  { firstRow, count }: SplitRange,
  metrics: readonly SampleMetric[],
): SplitMetrics {
  const taken = new Set(split.metrics.map(({ name }) => name));
  const means = metrics.map(({ name, values }) => ({
    name: taken.has(name) ? metricColumn(name) : name,
    value: mean(values.subarray(firstRow, firstRow + count)),
  }));
  return { ...split, metrics: [...split.metrics, ...means.filter(({ value }) => Number.isFinite(value))] };
}

/** Mean of the known values. */
function mean(values: Float32Array): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

/** The error of a run whose loss the integration of the data computed, when the data declare no loss. */
export const lossUnknown = (): DomainError =>
  new DomainError(
    'precondition',
    'LOSS_MISSING',
    'the run names the loss of the integration, and the data declare no loss; start a run with another loss',
  );

const rowsOf = (
  { data, rowDims }: ResidentTensor,
  { firstRow, rowCount }: Pick<EvaluatedRows, 'firstRow' | 'rowCount'>,
): ResidentTensor => ({
  data: data.subarray(firstRow * elementCount(rowDims), (firstRow + rowCount) * elementCount(rowDims)),
  rowDims,
});

/**
 * What an imported graph calls a class score may be no probability; a crossentropy of it would be a number
 * that means nothing.
 */
function checkShares({ outputs, channels }: Outputs): void {
  for (let at = 0; at < outputs.length; at += channels) {
    let [sum, least] = [0, Infinity];
    for (let c = 0; c < channels; c++) {
      sum += outputs[at + c]!;
      least = Math.min(least, outputs[at + c]!);
    }
    if (Math.abs(sum - 1) <= 1e-2 && least >= -1e-4) continue;
    throw new DomainError(
      'invalid',
      'OUTPUT_NOT_PROBABILITIES',
      `the first output gives numbers that sum to ${sum} and are ${least} at the least, not ` +
        'probabilities of classes; import the file with the output activation softmax',
    );
  }
}

/** Metrics of the rows of a span, which all have ground truth; `loss` is [rows]. */
export function metricsOf(
  { split, firstRow, count }: SplitRange,
  loss: Float32Array,
  of: Outputs,
  { metrics }: RunSettings,
): SplitMetrics {
  let total = 0;
  for (let row = firstRow; row < firstRow + count; row++) total += loss[row]!;
  const judged = of.truth && judgedOf(of, firstRow, count);
  const values = (judged === undefined ? [] : metrics)
    .map((spec) => metricOf(spec.name, spec.config))
    .map((metric) => ({ name: metric.name, value: metric.measure(judged!) }));
  // One that says nothing of this split, such as the AUC of a single class, is left out.
  return {
    split,
    sampleCount: count,
    loss: total / count,
    metrics: values.filter(({ value }) => Number.isFinite(value)),
  };
}
