import { Inject, Injectable } from '@nestjs/common';
import type { ShardContext } from '@noema/jobs';
import { type Port, systemClock as clock, type UnitOfWork } from '@noema/kernel';
import { DatasetCatalog, SampleScores } from '@noema/population';
import type { OutputEvaluation } from '@noema/population/rules';
import { Database } from '@noema/postgres';
import { DatasetReader } from '../dataset/dataset.reader.js';
import { inspectArtifact, planRun } from '../engine/model.compiling.js';
import { TrainingEngine } from '../engine/training.engine.js';
import type { TrainingRequest, TrainingSession } from '../engine/training.session.js';
import { deriveModelVersionId, type Epoch } from '../epoch/epoch.js';
import { EpochRepository } from '../epoch/epoch.repository.js';
import { EpochStore } from '../epoch/epoch.store.js';
import type { ModelVersion } from '../model/model.js';
import { ModelVersionRepository } from '../model/model-version.repository.js';
import { TopologyStore } from '../model/topology.store.js';
import { pairInputs, pairTargets } from './fit.js';
import { evaluationNotFinite, runNotFound } from './run.errors.js';
import { RunEventPublisher } from './run.events.js';
import type { Run, RunPhase } from './run.js';
import { describeProgress } from './run.progress.js';
import { RunRepository } from './run.repository.js';

type Session = Port<TrainingSession>;
type Shard = Pick<ShardContext<never>, 'signal' | 'progress' | 'commit'>;

interface OpenRun {
  readonly teamId: string;
  readonly run: Run;
  readonly version: ModelVersion;
  readonly shard: Shard;
}

const UNITS: Readonly<Record<RunPhase, string>> = {
  training: 'batches',
  evaluating: 'samples',
  saving: 'files',
};

/**
 * Does a run from its last durable epoch to its end: after every epoch the checkpoint, the evaluation of all
 * rows, the metrics, the model version and the announcement become durable together. A run that was killed
 * goes on to the same weights bit for bit.
 */
@Injectable()
export class RunExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(RunRepository) private readonly runs: Pick<RunRepository, 'find'>,
    @Inject(EpochRepository) private readonly epochs: Pick<EpochRepository, 'insert'>,
    @Inject(EpochStore) private readonly store: EpochStore,
    @Inject(ModelVersionRepository)
    private readonly versions: Pick<ModelVersionRepository, 'find' | 'insert'>,
    @Inject(TopologyStore) private readonly topologies: Pick<TopologyStore, 'read'>,
    @Inject(DatasetCatalog) private readonly datasets: Pick<DatasetCatalog, 'version' | 'shards'>,
    @Inject(DatasetReader) private readonly reader: Pick<DatasetReader, 'load'>,
    @Inject(SampleScores) private readonly scores: Pick<SampleScores, 'metrics' | 'losses'>,
    @Inject(TrainingEngine) private readonly engine: { open(request: TrainingRequest): Session },
    @Inject(RunEventPublisher) private readonly events: Pick<RunEventPublisher, 'epochCompleted'>,
  ) {}

  /** Returns the number of durable epochs. */
  async execute(teamId: string, runId: string, shard: Shard): Promise<number> {
    const { run, version } = await this.find(teamId, runId);
    const { epochsDone, settings } = run;
    if (epochsDone >= settings.epochs) return epochsDone;
    const opened = { teamId, run, version, shard };
    const session = await this.open(opened);
    try {
      for (let epoch = epochsDone + 1; epoch <= settings.epochs; epoch++)
        await this.epoch(epoch, session, opened);
    } finally {
      await session.close();
    }
    return settings.epochs;
  }

  private find(teamId: string, runId: string): Promise<{ run: Run; version: ModelVersion }> {
    return this.unitOfWork.run(teamId, async () => {
      const run = await this.runs.find(runId);
      const version = run && (await this.versions.find(run.modelVersionId));
      if (run === undefined || version === undefined) throw runNotFound(runId);
      return { run, version };
    });
  }

  private async open({ teamId, run, version, shard }: OpenRun): Promise<Session> {
    const { datasets, store } = this;
    const dataset = await datasets.version(teamId, run.datasetVersionId);
    const topology = await this.topologies.read(version.topology);
    const state = run.lastEpoch?.optimizerState;
    return this.engine.open({
      topology,
      settings: run.settings,
      weights: version.weights && (await store.read(version.weights)),
      initialSeed: version.seed,
      state: state && (await store.read(state)),
      splits: dataset.splits,
      sampleCount: dataset.sampleCount,
      inputs: pairInputs(inspectArtifact(topology).inputs, dataset.inputs),
      targets: pairTargets(
        planRun(topology, run.settings),
        dataset.groundTruths,
        run.settings.loss?.name ?? '',
      ),
      scoreMetrics:
        dataset.scores === undefined || dataset.scores.metrics.length === 0
          ? undefined
          : (predicted, signal) => this.scores.metrics(teamId, dataset.id, predicted, signal),
      scoreLoss:
        dataset.scores?.hasLoss === true
          ? (predicted, options) => this.scores.losses(teamId, dataset.id, predicted, options)
          : undefined,
      data: await this.reader.load(dataset, await datasets.shards(teamId, dataset.id), {
        signal: shard.signal,
        inputs: run.settings.kind === 'train' ? 'resident' : 'in parts',
      }),
    });
  }

  private async epoch(
    epoch: number,
    session: Session,
    { teamId, run, version, shard }: OpenRun,
  ): Promise<void> {
    const { settings } = run;
    const { store } = this;
    const startedMs = clock.monotonicMs();
    let loss = 0;
    const tell = (phase: RunPhase, done: number, total: number): void => {
      const message = describeProgress({ epoch, phase, done, total, loss }, settings.epochs);
      shard.progress(done, total, UNITS[phase], message);
    };
    const watched = (phase: RunPhase) => ({
      signal: shard.signal,
      onBatch: (done: number, total: number, mean: number) => {
        loss = phase === 'training' ? mean : loss;
        tell(phase, done, total);
      },
    });
    const trains = settings.kind === 'train';
    const trained = trains ? await session.trainEpoch(watched('training')) : undefined;
    const trainedMs = clock.monotonicMs() - startedMs;
    const { evaluations, splits } = await session.evaluate(watched('evaluating'));
    for (const evaluation of evaluations) checkFinite(epoch, evaluation, evaluations.length > 1);
    tell('saving', 0, 1);
    const owner = { teamId, projectId: run.projectId, runId: run.id, epoch };
    const weights =
      trains || version.weights === undefined
        ? await store.saveWeights(owner, session.weights())
        : version.weights;
    const done: Epoch = {
      runId: run.id,
      epoch,
      splits,
      weights,
      optimizerState: trains ? await store.saveState(owner, session.state()) : undefined,
      evaluation: await store.saveEvaluation(owner, evaluations),
      modelVersionId: trains ? deriveModelVersionId(run.id, epoch) : version.id,
      seconds: (clock.monotonicMs() - startedMs) / 1000,
      samplesPerSecond: trained === undefined ? 0 : trained.samples / (trainedMs / 1000),
      endTime: clock.now(),
    };
    await shard.commit(() => this.record(run, version, done));
    tell('saving', 1, 1);
  }

  private async record(run: Run, version: ModelVersion, epoch: Epoch): Promise<void> {
    if (epoch.modelVersionId !== version.id) {
      await this.versions.insert({
        ...version,
        id: epoch.modelVersionId,
        origin: 'trained',
        runId: run.id,
        epoch: epoch.epoch,
        weights: epoch.weights,
        imported: undefined,
        createTime: clock.now(),
      });
    }
    await this.epochs.insert(epoch);
    await this.events.epochCompleted(run, epoch, { topology: version.topology });
  }
}

/** Refuses an evaluation with NaN or infinite numbers, which no map could show. */
function checkFinite(
  epoch: number,
  { name, hasLoss, loss, outputs, width }: OutputEvaluation,
  isOneOfSeveral: boolean,
): void {
  const whose = isOneOfSeveral && name !== undefined ? ` of output "${name}"` : '';
  const bad = loss.findIndex((value, row) => hasLoss[row] === 1 && !Number.isFinite(value));
  if (bad !== -1) throw evaluationNotFinite(bad, `loss${whose} is ${loss[bad]!}`, epoch);
  const at = outputs.findIndex((value) => !Number.isFinite(value));
  if (at !== -1)
    throw evaluationNotFinite(Math.floor(at / width), `prediction${whose} is ${outputs[at]!}`, epoch);
}
