import { type Clock, type UnitOfWork, uuidOf } from '@noema/kernel';
import type { OutputEvaluation } from '@noema/population/rules';
import type { Dataset } from '../dataset/dataset.js';
import type { DatasetReader, Datasets } from '../dataset/dataset.ports.js';
import { pairInputs, pairTargets } from './fit.js';
import type { ModelVersion } from '../model/model.js';
import type { ModelCompiler, ModelRepository, TopologyStore } from '../model/model.ports.js';
import type { Epoch, Run, RunPhase, RunProgress } from './run.js';
import { evaluationNotFinite, runNotFound } from './run.errors.js';
import type { RunEvents, RunRepository } from './run.ports.js';
import type { EpochStore, TrainingEngine, TrainingSession } from '../engine/training.ports.js';

/** What a worker gives to the run that it does. */
export interface Execution {
  readonly signal: AbortSignal;
  progress(progress: RunProgress, epochs: number): void;
  /** Runs work in a transaction that only the owner of the run's lease can commit. */
  commit<T>(work: () => Promise<T>): Promise<T>;
}

export interface ExecutorPorts {
  readonly work: UnitOfWork;
  readonly runs: RunRepository;
  readonly models: ModelRepository;
  readonly compiler: Pick<ModelCompiler, 'inspect'>;
  readonly topologies: TopologyStore;
  readonly datasets: Datasets;
  readonly reader: DatasetReader;
  readonly engine: TrainingEngine;
  readonly store: EpochStore;
  readonly events: RunEvents;
  readonly clock: Clock;
}

interface Begun {
  readonly teamId: string;
  readonly run: Run;
  readonly version: ModelVersion;
  readonly session: TrainingSession;
  readonly execution: Execution;
}

/**
 * Does a run from its last durable epoch to its end: after every epoch the checkpoint, the evaluation of all
 * rows, the metrics, the model version and the announcement become durable together. A run that was killed
 * goes on to the same weights bit for bit.
 */
export class RunExecutor {
  constructor(private readonly ports: ExecutorPorts) {}

  /** Gives the number of durable epochs. */
  async execute(teamId: string, runId: string, execution: Execution): Promise<number> {
    const { run, version } = await this.find(teamId, runId);
    const { epochsDone, settings } = run;
    if (epochsDone >= settings.epochs) return epochsDone;
    const dataset = await this.ports.datasets.version(teamId, run.datasetVersionId);
    const session = await this.open({ teamId, run, version, dataset, signal: execution.signal });
    try {
      for (let epoch = epochsDone + 1; epoch <= settings.epochs; epoch++)
        await this.epoch(epoch, { teamId, run, version, session, execution });
    } finally {
      await session.close();
    }
    return settings.epochs;
  }

  private find(teamId: string, runId: string): Promise<{ run: Run; version: ModelVersion }> {
    return this.ports.work.run(teamId, async () => {
      const run = await this.ports.runs.find(runId);
      const version = run && (await this.ports.models.findVersion(run.modelVersionId));
      if (run === undefined || version === undefined) throw runNotFound(runId);
      return { run, version };
    });
  }

  private async open({
    teamId,
    run,
    version,
    dataset,
    signal,
  }: {
    teamId: string;
    run: Run;
    version: ModelVersion;
    dataset: Dataset;
    signal: AbortSignal;
  }): Promise<TrainingSession> {
    const { topologies, compiler, engine, datasets, reader, store } = this.ports;
    const topology = await topologies.read(version.topology);
    const state = run.lastEpoch?.optimizerState;
    return engine.open({
      topology,
      settings: run.settings,
      weights: version.weights && (await store.read(version.weights)),
      initialSeed: version.seed,
      state: state && (await store.read(state)),
      splits: dataset.splits,
      sampleCount: dataset.sampleCount,
      inputs: pairInputs((await compiler.inspect(topology, teamId)).inputs, dataset.inputs),
      targets: pairTargets(
        engine.plan(topology, run.settings),
        dataset.groundTruths,
        run.settings.loss?.name ?? '',
      ),
      data: await reader.load(dataset, await datasets.shards(teamId, dataset.id), {
        signal,
        inputs: run.settings.kind === 'train' ? 'resident' : 'in parts',
      }),
    });
  }

  private async epoch(epoch: number, { teamId, run, version, session, execution }: Begun): Promise<void> {
    const { settings } = run;
    const { clock, store } = this.ports;
    const startedMs = clock.monotonicMs();
    let loss = 0;
    const tell = (phase: RunPhase, done: number, total: number): void => {
      execution.progress({ epoch, phase, done, total, loss }, settings.epochs);
    };
    const watched = (phase: RunPhase) => ({
      signal: execution.signal,
      onBatch: (done: number, total: number, mean: number) => {
        loss = phase === 'training' ? mean : loss;
        tell(phase, done, total);
      },
    });
    const trains = settings.kind === 'train';
    const trained = trains ? await session.trainEpoch(watched('training')) : undefined;
    const trainedMs = clock.monotonicMs() - startedMs;
    const { evaluation, splits } = await session.evaluate(watched('evaluating'));
    checkFinite(epoch, evaluation);
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
      evaluation: await store.saveEvaluation(owner, evaluation),
      modelVersionId: trains ? uuidOf('model version of an epoch', run.id, String(epoch)) : version.id,
      seconds: (clock.monotonicMs() - startedMs) / 1000,
      samplesPerSecond: trained === undefined ? 0 : trained.samples / (trainedMs / 1000),
      endTime: clock.now(),
    };
    await execution.commit(() => this.record(run, version, done));
    tell('saving', 1, 1);
  }

  private async record(run: Run, version: ModelVersion, epoch: Epoch): Promise<void> {
    const { models, runs, events, clock } = this.ports;
    if (epoch.modelVersionId !== version.id) {
      await models.insertVersion({
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
    await runs.insertEpoch(epoch);
    await events.epochCompleted(run, epoch, version.topology);
  }
}

/** An evaluation with a number that is none is not kept: nothing could be drawn of it. */
function checkFinite(epoch: number, { hasLoss, loss, outputs, width }: OutputEvaluation): void {
  const bad = loss.findIndex((value, row) => hasLoss[row] === 1 && !Number.isFinite(value));
  if (bad !== -1) throw evaluationNotFinite(epoch, bad, `loss is ${loss[bad]!}`);
  const at = outputs.findIndex((value) => !Number.isFinite(value));
  if (at !== -1) throw evaluationNotFinite(epoch, Math.floor(at / width), `prediction is ${outputs[at]!}`);
}
