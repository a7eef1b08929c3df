import {
  type Clock,
  decodePageToken,
  displayName as checkedName,
  encodePageToken,
  isUuid,
  type Page,
  type PageQuery,
  pageSize,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import type { Datasets } from '../dataset/dataset.ports.js';
import { pairInputs, pairTargets } from './fit.js';
import { chosenLayers } from '../model/layer.choice.js';
import type { ModelInfo } from '../model/model.js';
import { planObjectives } from './objective.js';
import type { ModelCompiler, ModelRepository, Projects, TopologyStore } from '../model/model.ports.js';
import { modelVersionNotFound } from '../model/model.errors.js';
import { type Epoch, hasEnded, type Run, type RunSettings } from './run.js';
import {
  datasetNotReady,
  epochNotFound,
  nothingToLearn,
  nothingToTrain,
  otherProject,
  runNotEnded,
  runNotFound,
  runNotResumable,
  settingInvalid,
} from './run.errors.js';
import type { RunJobs, RunRepository } from './run.ports.js';
import { type RequestedSettings, completeSettings, withObjectives, within } from './run.settings.js';
import type { RunPlanner, TrainingEngine } from '../engine/training.ports.js';

export interface RunRequest {
  readonly projectId: string;
  readonly displayName: string;
  readonly datasetVersionId: string;
  readonly modelVersionId: string;
  readonly settings: RequestedSettings;
}

/** A run that may be started. */
export type PreparedRun = Omit<RunRequest, 'settings'> & { readonly settings: RunSettings };

export interface RunPorts {
  readonly work: UnitOfWork;
  readonly runs: RunRepository;
  readonly models: ModelRepository;
  readonly compiler: ModelCompiler;
  readonly topologies: TopologyStore;
  readonly projects: Projects;
  readonly datasets: Datasets;
  readonly engine: Pick<TrainingEngine, 'name' | 'losses' | 'lossOf'>;
  readonly planner: RunPlanner;
  readonly jobs: RunJobs;
  readonly clock: Clock;
  /** Data-parallel workers of a run that asks for none. */
  readonly workers: number;
}

/** Runs: what may be started is decided here, before anything is queued. */
export class RunUseCases {
  constructor(private readonly ports: RunPorts) {}

  /**
   * Checks everything that could fail after an hour: settings, names, and whether model and data fit. Gives
   * the run with its defaults.
   */
  async prepare(teamId: string, asked: RunRequest): Promise<PreparedRun> {
    const { work, models, compiler, topologies, projects, datasets, engine, planner, workers } = this.ports;
    const basic = completeSettings(asked.settings, { workers });
    const loss = basic.loss && engine.lossOf(basic.loss);
    const displayName = asked.displayName.trim() === '' ? '' : checkedName(asked.displayName);
    await projects.mustExist(teamId, asked.projectId);
    const version = isUuid(asked.modelVersionId)
      ? await work.run(teamId, () => models.findVersion(asked.modelVersionId))
      : undefined;
    if (version === undefined) throw modelVersionNotFound(asked.modelVersionId);
    if (version.projectId !== asked.projectId)
      throw otherProject('model version', version.id, asked.projectId);
    const dataset = await datasets.version(teamId, asked.datasetVersionId);
    if (dataset.projectId !== asked.projectId)
      throw otherProject('dataset version', dataset.id, asked.projectId);
    if (!dataset.isReady) throw datasetNotReady(dataset.id);
    const topology = await topologies.read(version.topology);
    const facts = await compiler.inspect(topology, teamId);
    const { inputs, parameterCount } = facts;
    pairInputs(inputs, dataset.inputs);
    const objectives = planObjectives({
      kind: basic.kind,
      outputs: await planner.outputsOf(topology, teamId),
      dataset,
      loss,
      losses: engine.losses,
    });
    const settings = withObjectives(basic, objectives);
    pairTargets(
      await planner.plan(topology, settings, teamId),
      dataset.groundTruths,
      settings.loss?.name ?? '',
    );
    if (settings.kind === 'train' && parameterCount === 0) throw nothingToLearn(version.id);
    if (
      settings.kind === 'train' &&
      !dataset.splits.some(({ split, count }) => split === 'training' && count > 0)
    )
      throw nothingToTrain(dataset.id);
    return {
      ...asked,
      displayName,
      datasetVersionId: dataset.id,
      settings: {
        ...settings,
        layers: await this.layersOf(teamId, version.modelId, facts, asked.settings.layers ?? []),
      },
    };
  }

  /** The layers to follow: those that were asked for, else those of the model. */
  private async layersOf(
    teamId: string,
    modelId: string,
    facts: ModelInfo,
    asked: readonly string[],
  ): Promise<readonly string[]> {
    if (asked.length > 0) return chosenLayers(facts, asked);
    return (await this.ports.work.run(teamId, () => this.ports.models.find(modelId)))?.layers ?? [];
  }

  /** Queues a prepared run, in the ambient transaction of the team. */
  async create(teamId: string, prepared: PreparedRun): Promise<Run> {
    const { runs, jobs, engine, clock } = this.ports;
    const id = uuidv7();
    const displayName = prepared.displayName || `run ${(await runs.count(prepared.projectId)) + 1}`;
    const jobId = await jobs.start(teamId, id);
    const { projectId, datasetVersionId, modelVersionId, settings } = prepared;
    await runs.insert({
      id,
      projectId,
      displayName,
      datasetVersionId,
      modelVersionId,
      settings,
      jobId,
      engine: engine.name,
      createTime: clock.now(),
    });
    return this.mustFind(id);
  }

  get(teamId: string, id: string): Promise<Run> {
    return this.ports.work.run(teamId, () => this.mustFind(id));
  }

  list(teamId: string, projectId: string, query: PageQuery): Promise<Page<Run>> {
    return this.ports.work.run(teamId, () => this.ports.runs.page(projectId, query));
  }

  /** The run now and after every change, until it has ended. */
  async *watch(teamId: string, id: string, stop: AbortSignal): AsyncGenerator<Run> {
    const { jobId } = await this.get(teamId, id);
    let last = '';
    for await (const _ of this.ports.jobs.changes(teamId, jobId, stop)) {
      const run = await this.get(teamId, id);
      const seen = JSON.stringify(run);
      if (seen !== last) yield run;
      last = seen;
    }
  }

  /** Asks the run to stop within one batch; one that has ended stays as it is. */
  async stop(teamId: string, id: string): Promise<Run> {
    const { jobId } = await this.get(teamId, id);
    await this.ports.jobs.stop(teamId, jobId);
    return this.get(teamId, id);
  }

  /**
   * Goes on after the last checkpoint, to `epochs` in all when that is not 0. Throws `precondition`
   * RUN_NOT_RESUMABLE.
   */
  resume(teamId: string, id: string, epochs: number): Promise<Run> {
    return this.ports.work.run(teamId, async () => {
      const run = await this.mustFind(id);
      if (run.state !== 'stopped' && run.state !== 'failed') throw runNotResumable(id, run.state);
      if (epochs !== 0) {
        within('epochs', epochs, 1, 10_000);
        if (epochs <= run.epochsDone)
          throw settingInvalid('epochs', epochs, `more than the ${run.epochsDone} that are done`);
        await this.ports.runs.setEpochs(id, epochs);
      }
      await this.ports.jobs.resume(teamId, run.jobId);
      return this.mustFind(id);
    });
  }

  /** Changes the name, where one is given. Throws `not-found` RUN_NOT_FOUND. */
  update(teamId: string, id: string, { displayName }: { readonly displayName?: string }): Promise<Run> {
    return this.ports.work.run(teamId, async () => {
      await this.mustFind(id);
      if (displayName !== undefined) await this.ports.runs.rename(id, checkedName(displayName));
      return this.mustFind(id);
    });
  }

  /**
   * Deletes a run that has ended, with its epochs; the model versions that it made stay. Throws
   * `precondition` RUN_NOT_ENDED.
   */
  delete(teamId: string, id: string): Promise<void> {
    return this.ports.work.run(teamId, async () => {
      const run = await this.mustFind(id);
      if (!hasEnded(run.state)) throw runNotEnded(id, run.state);
      await this.ports.runs.remove(id);
    });
  }

  /** One epoch; 0 is the last. */
  epoch(teamId: string, id: string, epoch: number): Promise<Epoch> {
    return this.ports.work.run(teamId, async () => {
      await this.mustFind(id);
      const found = await this.ports.runs.findEpoch(id, epoch);
      if (found === undefined) throw epochNotFound(id, epoch);
      return found;
    });
  }

  /** The epochs in order, page by page. */
  epochs(teamId: string, id: string, query: Pick<PageQuery, 'pageSize' | 'pageToken'>): Promise<Page<Epoch>> {
    const bound = { epochsOf: id };
    const [after = 0] = decodePageToken(bound, query.pageToken, ['count']) ?? [];
    const size = pageSize(query.pageSize);
    return this.ports.work.run(teamId, async () => {
      await this.mustFind(id);
      const found = await this.ports.runs.epochsAfter(id, Number(after), size + 1);
      const items = found.slice(0, size);
      return {
        items,
        nextPageToken: found.length > size ? encodePageToken(bound, [items.at(-1)!.epoch]) : '',
      };
    });
  }

  private async mustFind(id: string): Promise<Run> {
    const run = isUuid(id) ? await this.ports.runs.find(id) : undefined;
    if (run === undefined) throw runNotFound(id);
    return run;
  }
}
