import { assignCells, type PackedBoxes, readTruths } from '@noema/detection';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  type Engine,
  initialWeights,
  resident,
  Trainer,
  type TrainingData,
  type Weights,
} from '@noema/engine';
import { compileModel } from '@noema/importers';
import { type CompiledModel, decodeWeights, encodeWeights } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import type { RowLosses, RowPredictions, SplitRange } from '@noema/population';
import type { LoadedDataset } from '../dataset/dataset.js';
import type { Pair } from '../run/fit.js';
import type { KerasSpec, RunObjective, RunSettings } from '../run/run.js';
import { type Evaluated, type EvaluatedRows, evaluateRows, lossUnknown, type Watched } from './evaluator.js';
import { checkGroundTruth, checkTrueObjects } from './ground-truth.check.js';
import type { ScoreLoss, ScoreMetrics } from './metric-rows.js';
import { listLosses, listObjectives } from './run.plan.js';

/** Inputs of a training. */
export interface TrainingRequest {
  /** The model.json. */
  readonly topology: unknown;
  readonly settings: RunSettings;
  /** In the order of the manifest; drawn from `initialSeed` when absent. */
  readonly weights: Uint8Array | undefined;
  readonly initialSeed: number;
  /** Result of `TrainingSession.state`; the training resumes there. */
  readonly state: Uint8Array | undefined;
  readonly splits: readonly SplitRange[];
  readonly sampleCount: number;
  readonly inputs: readonly Pair[];
  readonly targets: readonly Pair[];
  readonly data: LoadedDataset;
  /** Computes the metrics of the integration of the data; absent when it declares none. */
  readonly scoreMetrics?: ScoreMetrics | undefined;
  /** Computes the loss of the integration of the data, for runs that name it. */
  readonly scoreLoss?: ScoreLoss | undefined;
}

/** A training in memory, by ONNX programs: forward, backward and loss in one graph, data-parallel over threads. */
export class TrainingSession {
  private readonly inference: CompiledModel;
  private readonly data: TrainingData;
  private readonly trueObjects: ReadonlyMap<string, PackedBoxes>;
  private readonly rows: Uint32Array;
  private readonly trainer: Trainer | undefined;
  private readonly fixed: Weights;
  /** Stops the epoch in progress. */
  private signal = new AbortController().signal;
  /** Without the bytes of weights and state, which are decoded once. */
  private readonly request: Omit<TrainingRequest, 'weights' | 'state'>;

  constructor(
    private readonly engine: Engine,
    request: TrainingRequest,
    private readonly options: { readonly backend: string; readonly workerBytes: number | undefined },
  ) {
    const { weights, state, ...kept } = request;
    this.request = kept;
    const { topology, settings, initialSeed, splits } = kept;
    this.inference = compileModel(topology, { mode: 'inference' });
    const objectives = listObjectives(this.inference, settings);
    this.trueObjects = new Map(
      objectives.flatMap((objective) => {
        const objects = findTrueObjects(request, objective);
        return objects === undefined ? [] : [[objective.output, objects] as const];
      }),
    );
    this.data = loadData(request, objectives);
    for (const objective of objectives) {
      if (objective.detection !== undefined || objective.scored !== undefined) continue;
      const truth = this.data.get(`target:${objective.output}`);
      const dims = this.inference.outputs.find(({ name }) => name === objective.output)!.dims.map(Number);
      if (truth !== undefined)
        checkGroundTruth(
          objective,
          {
            data: truth.data,
            width: elementCount(truth.rowDims),
            channels: dims.length > 1 ? dims.at(-1)! : 1,
          },
          splits,
        );
    }
    const training = splits.find(({ split }) => split === 'training');
    this.rows = Uint32Array.from({ length: training?.count ?? 0 }, (_, i) => training!.firstRow + i);
    this.fixed =
      weights === undefined
        ? initialWeights(this.inference, initialSeed)
        : decodeWeights(this.inference.parameters, weights);
    if (settings.kind === 'evaluate') return;
    const model = compileModel(topology, { mode: 'training', frozen: settings.frozenLayers ?? [] });
    this.trainer = Trainer.create({
      model,
      losses: listLosses(model, settings),
      optimizer: named(settings.optimizer),
      data: this.data,
      rows: this.rows,
      weights: this.fixed,
      batchSize: settings.batchSize,
      seed: settings.seed,
      workers: settings.workers,
      backend: options.backend,
      ...(settings.learningRateSchedule && { schedule: named(settings.learningRateSchedule) }),
      score: (batch) => this.scoreBatch(batch),
      ...(state && { checkpoint: decodeCheckpoint(state) }),
    });
  }

  /**
   * Trains one epoch and returns its mean loss. Throws `precondition` LOSS_NOT_FINITE that names epoch and
   * batch; stops within one batch of the signal.
   */
  async trainEpoch({ signal, onBatch }: Watched): Promise<{ loss: number; samples: number }> {
    let sum = 0;
    this.signal = signal;
    const { loss } = await this.trainer!.trainEpoch({
      signal,
      onBatch: (done) => {
        onBatch(done.batch, done.batches, (sum += done.loss) / done.batch);
      },
    });
    return { loss, samples: this.rows.length };
  }

  /** Evaluates all rows with the current weights. */
  evaluate(watched: Watched): Promise<Evaluated> {
    const { settings, splits, sampleCount, scoreMetrics, scoreLoss } = this.request;
    return evaluateRows(
      this.engine,
      this.current(),
      {
        model: this.inference,
        settings,
        data: this.data,
        trueObjects: this.trueObjects,
        parts: openParts(this.request),
        scoreMetrics,
        scoreLoss,
        splits,
        sampleCount,
        workerBytes: this.options.workerBytes,
      },
      watched,
    );
  }

  /** Returns the weights in the order of the manifest. */
  weights(): Uint8Array {
    return encodeWeights(this.inference.parameters, this.current());
  }

  /** Returns what a later session needs to go on as if nothing had happened. */
  state(): Uint8Array {
    return encodeCheckpoint(this.trainer!.checkpoint());
  }

  async close(): Promise<void> {
    await this.trainer?.close();
  }

  /** The losses of a batch by the integration of the data, with their gradients. */
  private scoreBatch(predicted: RowPredictions): Promise<RowLosses> {
    const { scoreLoss } = this.request;
    if (scoreLoss === undefined) throw lossUnknown();
    return scoreLoss(predicted, { signal: this.signal, withGradient: true });
  }

  private current(): Weights {
    return this.trainer?.weights() ?? this.fixed;
  }
}

const named = ({ name, config }: KerasSpec): { name: string; settings: KerasSpec['config'] } => ({
  name,
  settings: config,
});

/**
 * The dataset's tensors under the names that the programs give their inputs, in the shapes that they want; no
 * inputs where they are read in parts.
 */
const loadData = (request: TrainingRequest, objectives: readonly RunObjective[]): TrainingData => {
  const { inputs, targets, data } = request;
  return new Map([
    ...inputs.flatMap(({ model, data: { name } }) => {
      const found = data.inputs.get(name);
      return found === undefined ? [] : [[model.name, resident(found.data, model.dims)] as const];
    }),
    ...targets.flatMap(({ model, data: { name } }) => {
      const objective = objectives.find(({ output }) => output === model.name)!;
      const target = `target:${model.name}`;
      if (objective.detection === undefined)
        return [[target, resident(data.groundTruths.get(name)!.data, model.dims)] as const];
      const { form, dims, classCount } = objective.detection;
      if (form !== 'grid') return [];
      const [rows, columns] = dims as [number, number, number];
      const truths = readTruths(findTrueObjects(request, objective)!);
      const cells = assignCells({ rows, columns, classCount }, truths, request.sampleCount);
      return [[target, resident(cells, dims)] as const];
    }),
  ]);
};

/** Objects of the ground truth of an output. Throws `invalid` GROUND_TRUTH_MISFIT. */
function findTrueObjects(
  { targets, data, splits }: TrainingRequest,
  objective: RunObjective,
): PackedBoxes | undefined {
  const { output, detection } = objective;
  const pair = targets.find(({ model }) => model.name === output);
  if (detection === undefined || pair === undefined) return undefined;
  const objects = {
    data: data.groundTruths.get(pair.data.name)!.data,
    width: elementCount(detection.truthDims),
  };
  return checkTrueObjects(objects, detection.classCount, { output, splits });
}

/** The rows of the dataset, part after part, under the names of the model's inputs. */
const openParts = ({ inputs, data }: Pick<TrainingRequest, 'inputs' | 'data'>) =>
  async function* (signal: AbortSignal): AsyncGenerator<EvaluatedRows> {
    for await (const { firstRow, rowCount, inputs: found } of data.parts(signal)) {
      yield {
        firstRow,
        rowCount,
        inputs: new Map(
          inputs.map(({ model, data: { name } }) => [
            model.name,
            resident(found.get(name)!.data, model.dims),
          ]),
        ),
      };
    }
  };
