import type { PackedBoxes } from '@noema/detection';
import {
  batchRows,
  type Engine,
  evaluateProgram,
  integrationLoss,
  createMetric,
  type ResidentTensor,
  toResident,
  runRows,
  type TrainingData,
  type Weights,
} from '@noema/engine';
import { DomainError } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import type { RowPredictions, SplitRange } from '@noema/population';
import {
  EVALUATION_COLUMNS,
  metricColumn,
  outputColumn,
  type OutputEvaluation,
  type SampleMetric,
} from '@noema/population/rules';
import type { SplitMetrics } from '../epoch/epoch.js';
import type { KerasSpec, RunSettings } from '../run/run.js';
import { usualMetrics } from '../run/run.settings.js';
import { clearUnknown, type FinishedOutput, OutputRows, selectRows, type RowSpan } from './output-rows.js';
import { listLosses, listObjectives } from './run.plan.js';
import { MetricRows, type ScoreLoss, type ScoreMetrics } from './metric-rows.js';
import { judgeOutputs, type Outputs } from './verdicts.js';

/** The model's inputs of rows that follow each other, by program input. */
export interface EvaluatedRows extends RowSpan {
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
  /** Objects of the ground truth of all rows, by output that predicts objects. */
  readonly trueObjects: ReadonlyMap<string, PackedBoxes>;
  readonly parts: (signal: AbortSignal) => AsyncIterable<EvaluatedRows>;
  /** Computes the metrics of the integration of the data; absent when it declares none. */
  readonly scoreMetrics?: ScoreMetrics | undefined;
  /** Computes the loss of the integration of the data, for runs that name it. */
  readonly scoreLoss?: ScoreLoss | undefined;
  readonly workerBytes: number | undefined;
  readonly splits: readonly SplitRange[];
  readonly sampleCount: number;
}

/** Outputs of a model for all rows, and the metrics of every split with ground truth. */
export interface Evaluated {
  /** By output, the first output first. */
  readonly evaluations: readonly OutputEvaluation[];
  readonly splits: readonly SplitMetrics[];
}

/**
 * Runs the model over all rows and gives what each output says of each row, its losses where there is ground truth,
 * and the metrics of every split that has some. The loss of the first output includes the losses of all outputs.
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
): Promise<Evaluated> {
  const specs = listLosses(model, settings).filter(({ loss }) => loss !== integrationLoss.key);
  const program = evaluateProgram(model, weights, specs, engine);
  const objectives = listObjectives(model, settings);
  const lossTensors = new Map(program.losses.map(({ output, tensor }) => [output, tensor]));
  const all = objectives.map((objective, i) => {
    const output = model.outputs.find(({ name }) => name === objective.output)!;
    return new OutputRows(output, objective, {
      rows,
      data,
      trueObjects: trueObjects.get(objective.output),
      hasGraphLoss: lossTensors.has(objective.output),
      isFirst: i === 0,
      maxNumbers: MAX_NUMBERS,
    });
  });
  const [first] = all as [OutputRows, ...OutputRows[]];
  const total = toResident(rows, []).data;
  const metrics = scoreMetrics && new MetricRows(rows, scoreMetrics);
  const batchSize = batchRows(model, { threads: engine.threads, workerBytes });
  const addLosses = async (
    { firstRow, rowCount }: RowSpan,
    predicted: Omit<RowPredictions, 'rows'>,
  ): Promise<void> => {
    if (scoreLoss === undefined) throw lossUnknown();
    const rows = Int32Array.from({ length: rowCount }, (_, i) => firstRow + i);
    total.set((await scoreLoss({ rows, ...predicted }, { signal, withGradient: false })).losses, firstRow);
  };
  for await (const part of parts(signal)) {
    // Two outputs may be one tensor, which is written once and copied.
    const into = new Map<string, ResidentTensor>();
    const copies: [ResidentTensor, ResidentTensor][] = [];
    const write = (tensor: string, target: ResidentTensor): void => {
      const written = into.get(tensor);
      if (written === undefined) into.set(tensor, target);
      else copies.push([written, target]);
    };
    if (program.loss !== undefined) write(program.loss, selectRows({ data: total, rowDims: [] }, part));
    for (const one of all) {
      if (one.isRead) write(one.output.tensor, one.openPart(part));
      const tensor = lossTensors.get(one.output.name);
      if (tensor !== undefined) write(tensor, selectRows({ data: one.loss, rowDims: [] }, part));
    }
    await runRows(engine, program.program, {
      rows: part.rowCount,
      batchSize,
      signal,
      feeds: new Map([
        ...part.inputs,
        ...program.targets.map(({ name }) => [name, selectRows(data.get(name)!, part)] as const),
      ]),
      into: [...into].map(([output, target]) => ({ output, target })),
      onRows: (done) => {
        onBatch(part.firstRow + done, rows, 0);
      },
    });
    for (const [from, to] of copies) to.data.set(from.data);
    const predictions = { dims: first.rowDims, predictions: first.readPart(part).data };
    for (const one of all) one.closePart(part);
    if (first.objective.scored) await addLosses(part, predictions);
    await metrics?.add(part.firstRow, predictions, signal);
  }
  const isCompared = all.some((one) => one.isCompared);
  const labelled = !isCompared ? [] : splits.filter(({ split, count }) => split !== 'unlabeled' && count > 0);
  const hasLoss = new Uint8Array(rows);
  for (const { firstRow, count } of labelled) hasLoss.fill(1, firstRow, firstRow + count);
  const finished = all.map((one) => one.finish(hasLoss));
  if (program.loss === undefined && !first.objective.scored) total.set(first.loss);
  clearUnknown(total, hasLoss);
  const ofData = metrics?.all() ?? [];
  const evaluations = finished.map(({ evaluation }, i) =>
    i > 0
      ? evaluation
      : {
          ...evaluation,
          hasLoss,
          loss: total,
          ...(all.length > 1 && { ownLoss: evaluation.loss }),
          ...(metrics && { metrics: ofData }),
        },
  );
  return {
    evaluations,
    splits: labelled.map((span) => {
      const split = computeMetrics(span, total, finished[0]!.of, settings.metrics);
      const ofOutputs = all.length < 2 ? [] : finished.flatMap((one, i) => outputMetrics(span, one, i > 0));
      return withMeans({ ...split, metrics: [...split.metrics, ...ofOutputs] }, span, ofData);
    }),
  };
}

/** Numbers of an output that an evaluation holds at most, 256 MiB. */
const MAX_NUMBERS = 2 ** 26;

/** The loss of one of several outputs and, of further ones, the usual metrics of its task. */
function outputMetrics(
  span: SplitRange,
  { of, evaluation }: FinishedOutput,
  isFurther: boolean,
): SplitMetrics['metrics'] {
  const names = isFurther && of !== undefined ? usualMetrics(of.task) : [];
  const { loss, metrics } = computeMetrics(span, evaluation.loss, of, names);
  return [{ name: EVALUATION_COLUMNS.loss, value: loss }, ...metrics]
    .filter(({ value }) => Number.isFinite(value))
    .map(({ name, value }) => ({ name: outputColumn(evaluation.name!, name), value }));
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

/** Metrics of the rows of a span, which all have ground truth; `loss` is [rows]. */
export function computeMetrics(
  { split, firstRow, count }: SplitRange,
  loss: Float32Array,
  of: Outputs | undefined,
  metrics: readonly KerasSpec[],
): SplitMetrics {
  let total = 0;
  for (let row = firstRow; row < firstRow + count; row++) total += loss[row]!;
  const judged = of?.truth && judgeOutputs(of, firstRow, count);
  const values = (judged === undefined ? [] : metrics)
    .map((spec) => createMetric(spec.name, spec.config))
    .map((metric) => ({ name: metric.name, value: metric.measure(judged!) }));
  // A metric that is undefined for this split, such as the AUC of a single class, is left out.
  return {
    split,
    sampleCount: count,
    loss: total / count,
    metrics: values.filter(({ value }) => Number.isFinite(value)),
  };
}
