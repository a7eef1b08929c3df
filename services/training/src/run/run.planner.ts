import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, WorkspaceProjects } from '@noema/host';
import {
  displayName as checkedName,
  DomainError,
  findOrThrow,
  type Port,
  type UnitOfWork,
} from '@noema/kernel';
import { DatasetCatalog, type DatasetVersionInfo } from '@noema/population';
import { Database } from '@noema/postgres';
import type { TrainingConfig } from '../config.js';
import { datasetNotReady } from '../dataset/dataset.errors.js';
import { CompilerThreads, type InspectedModel } from '../engine/compiler.threads.js';
import { checkedLoss, DEFAULT_OPTIMIZER, losses } from '../engine/run.plan.js';
import { frozenLayers as findFrozenLayers } from '../model/frozen.layers.js';
import { chosenLayers } from '../model/layer.choice.js';
import { modelVersionNotFound } from '../model/model.errors.js';
import { ModelRepository } from '../model/model.repository.js';
import { ModelVersionRepository } from '../model/model-version.repository.js';
import type { ModelVersion, TensorSpec } from '../model/model.js';
import { TopologyStore } from '../model/topology.store.js';
import { pairByName, pairInputs, pairTargets } from './fit.js';
import { planObjectives } from './objective.js';
import { nothingToLearn, nothingToTrain, otherProject } from './run.errors.js';
import { RunRepository } from './run.repository.js';
import type { RunSettings } from './run.js';
import { completeSettings, type RequestedSettings, withObjectives } from './run.settings.js';

export interface RunRequest {
  readonly projectId: string;
  readonly displayName: string;
  readonly datasetVersionId: string;
  readonly modelVersionId: string;
  readonly settings: RequestedSettings;
}

/** A run that may be started. */
export type PlannedRun = Omit<RunRequest, 'settings'> & { readonly settings: RunSettings };

/** Decides what may be run, before anything is queued. */
@Injectable()
export class RunPlanner {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ModelRepository) private readonly models: Pick<ModelRepository, 'find'>,
    @Inject(ModelVersionRepository) private readonly versions: Pick<ModelVersionRepository, 'find'>,
    @Inject(TopologyStore) private readonly topologies: Pick<TopologyStore, 'readJson'>,
    @Inject(CompilerThreads)
    private readonly compiler: Pick<CompilerThreads, 'inspect' | 'inspectOutputs' | 'plan'>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
    @Inject(DatasetCatalog) private readonly datasets: Pick<DatasetCatalog, 'version'>,
    @Inject(SETTINGS) private readonly settings: Pick<TrainingConfig, 'trainerWorkers'>,
    @Inject(RunRepository) private readonly runs: Pick<RunRepository, 'find'>,
  ) {}

  /**
   * Checks everything that could fail after an hour: settings, names, and whether model and data fit.
   * Returns the run with its defaults.
   */
  async plan(teamId: string, asked: RunRequest): Promise<PlannedRun> {
    const { unitOfWork, versions, compiler } = this;
    const basic = completeSettings(asked.settings, {
      workers: this.settings.trainerWorkers,
      optimizer: DEFAULT_OPTIMIZER,
    });
    const loss = basic.loss && checkedLoss(basic.loss);
    const displayName = asked.displayName.trim() === '' ? '' : checkedName(asked.displayName);
    await this.projects.mustExist(teamId, asked.projectId);
    const version = await unitOfWork.run(teamId, () =>
      findOrThrow(versions, asked.modelVersionId, modelVersionNotFound),
    );
    if (version.projectId !== asked.projectId)
      throw otherProject('model version', version.id, asked.projectId);
    const dataset = await this.datasets.version(teamId, asked.datasetVersionId);
    if (dataset.projectId !== asked.projectId)
      throw otherProject('dataset version', dataset.id, asked.projectId);
    if (!dataset.isReady) throw datasetNotReady(dataset.id);
    const topology = await this.topologies.readJson(version.topology);
    const info = await compiler.inspect(topology, teamId);
    const { inputs, parameterCount } = info;
    pairInputs(await this.withTrainedTokens(teamId, version, { inputs, dataset }), dataset.inputs);
    const objectives = planObjectives({
      kind: basic.kind,
      outputs: await compiler.inspectOutputs(topology, teamId),
      inputs,
      dataset,
      loss,
      losses,
    });
    const frozenLayers =
      basic.kind === 'train' ? findFrozenLayers(info, asked.settings.frozenLayers ?? []) : [];
    const settings = withObjectives({ ...basic, frozenLayers }, objectives);
    pairTargets(
      await compiler.plan(topology, settings, teamId),
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
        layers: await this.chooseLayers(teamId, version.modelId, info, asked.settings.layers ?? []),
      },
    };
  }

  /** The inputs with the tokens of the data that the version was trained on, where the import states none. */
  private async withTrainedTokens(
    teamId: string,
    { runId }: Pick<ModelVersion, 'runId'>,
    { inputs, dataset }: { readonly inputs: readonly TensorSpec[]; readonly dataset: DatasetVersionInfo },
  ): Promise<readonly TensorSpec[]> {
    const hasTokens = dataset.inputs.some(({ vocabulary }) => vocabulary !== undefined);
    if (runId === '' || !hasTokens) return inputs;
    const run = await this.unitOfWork.run(teamId, () => this.runs.find(runId));
    if (run === undefined || run.datasetVersionId === dataset.id) return inputs;
    // Data that were deleted state nothing.
    const trained = await this.datasets.version(teamId, run.datasetVersionId).catch((error: unknown) => {
      if (error instanceof DomainError && error.kind === 'not-found') return undefined;
      throw error;
    });
    const data = trained && pairByName('input', inputs, trained.inputs);
    return inputs.map((input, i) => {
      const vocabulary = input.vocabulary ?? data?.[i]?.vocabulary;
      return vocabulary === undefined ? input : { ...input, vocabulary };
    });
  }

  /** Chooses the layers to follow: the requested layers, else the layers of the model. */
  private async chooseLayers(
    teamId: string,
    modelId: string,
    info: InspectedModel,
    asked: readonly string[],
  ): Promise<readonly string[]> {
    if (asked.length > 0) return chosenLayers(info, asked);
    return (await this.unitOfWork.run(teamId, () => this.models.find(modelId)))?.layers ?? [];
  }
}
