import { Inject, Injectable } from '@nestjs/common';
import { parseArtifactRef, findTask } from '@noema/contracts';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import type { Layer } from '@noema/contracts/noema/training/v1/model';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RecordingService } from '@noema/contracts/noema/training/v1/recording_service';
import type { KerasSpec, OutputObjective, Run } from '@noema/contracts/noema/training/v1/run';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ServiceClients } from '@noema/host';
import { type ArtifactRef, DomainError, type Task, type UnitOfWork } from '@noema/kernel';
import { DatasetCatalog } from '@noema/population';
import type { RecordedLayer } from '@noema/population/rules';
import { Database } from '@noema/postgres';
import { outputNotFound, runOfAnotherProject } from '../analysis/analysis.errors.js';
import type { AnalysisSource, ModelSource } from '../analysis/analysis.js';
import type { LayerInfo, SourceQuery } from '../analysis/analysis.ports.js';
import { layerFor } from '../analysis/analysis.settings.js';
import { tellsTwoClasses } from '../model/two-class.model.js';
import { type EpochPopulation, storedRow } from '../population/population.js';
import type { PopulationQuery } from '../population/population.ports.js';
import { modelNeverServed } from '../served-model/served-model.errors.js';
import type { ScoreActivation } from '../served-model/served-model.js';
import { ServedModelRepository } from '../served-model/served-model.repository.js';

export interface EpochInfo extends ModelSource {
  readonly run: Run;
  readonly epoch: number;
  readonly evaluation: AnalysisSource['evaluation'];
  readonly layers: readonly LayerInfo[];
  /** Outputs of blocks. */
  readonly blocks: readonly LayerInfo[];
  /** Number of classes that the model distinguishes, or of numbers that it predicts for a sample. */
  readonly classes: number;
}

/** Runs, models and samples as the services training and datasets describe them. */
@Injectable()
export class TrainingClient {
  constructor(
    @Inject(ServiceClients) private readonly clients: ServiceClients,
    @Inject(DatasetCatalog) private readonly datasets: DatasetCatalog,
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ServedModelRepository) private readonly served: Pick<ServedModelRepository, 'findLast'>,
  ) {}

  /** The source of an analysis. Throws `not-found` for a run or a sample that does not exist in the project. */
  async find(
    teamId: string,
    { projectId, runId, epoch, sample, output = '' }: SourceQuery,
  ): Promise<{ source: AnalysisSource; layers: readonly LayerInfo[]; classes: number }> {
    const facts = await this.readEpoch(teamId, runId, epoch, output);
    if (facts.run.projectId !== projectId) throw runOfAnotherProject(runId, projectId);
    const { topology, weights, loss, losses, task, objectClasses, served, evaluation, layers, classes } =
      facts;
    const { run, branch, scored } = facts;
    const { datasetVersionId } = run;
    const [{ classNames, splits }, shards, row] = await Promise.all([
      this.datasets.version(teamId, datasetVersionId),
      this.datasets.shards(teamId, datasetVersionId),
      this.datasets.getRow(teamId, datasetVersionId, sample),
    ]);
    // The data name the classes of one ground truth: the training service knows whose these are.
    const ownNames =
      output === '' || facts.classes !== classNames.length
        ? classNames
        : (
            await this.clients.of(EvaluationService, teamId).compareEvaluations({
              runId,
              epoch: facts.epoch,
              output,
              selection: { rows: [row] },
            })
          ).classNames;
    const source = {
      projectId,
      runId,
      epoch: facts.epoch,
      datasetVersionId,
      topology,
      weights,
      ...(facts.output !== undefined && { output: facts.output }),
      loss,
      losses,
      task,
      ...(objectClasses !== undefined && { objectClasses }),
      ...(served && { served }),
      ...(scored && { scored }),
      ...(branch && { branch }),
      evaluation,
      classNames: ownNames,
      sample: { ...storedRow({ shards, splits, datasetVersionId }, row), ...sample },
    };
    return { source, layers, classes };
  }

  /** An epoch with its samples. Throws `not-found` for a run or an epoch that does not exist in the project. */
  async population(teamId: string, { projectId, runId, epoch }: PopulationQuery): Promise<EpochPopulation> {
    const facts = await this.readEpoch(teamId, runId, epoch);
    if (facts.run.projectId !== projectId) throw runOfAnotherProject(runId, projectId);
    const {
      topology,
      weights,
      loss,
      losses,
      task,
      objectClasses,
      served,
      scored,
      layers,
      branch,
      run: { datasetVersionId },
    } = facts;
    const [{ sampleCount, splits }, shards] = await Promise.all([
      this.datasets.version(teamId, datasetVersionId),
      this.datasets.shards(teamId, datasetVersionId),
    ]);
    return {
      projectId,
      runId,
      epoch: facts.epoch,
      datasetVersionId,
      topology,
      weights,
      loss,
      losses,
      task,
      ...(objectClasses !== undefined && { objectClasses }),
      ...(served && { served }),
      ...(scored && { scored }),
      ...(branch && { branch }),
      layer: layerFor('', layers),
      sampleCount,
      shards,
      splits,
    };
  }

  /**
   * An epoch of a run, the last one for 0, with its model, whose output is the one with a name, or the first one for ''
   * with the losses of all. Throws `not-found`, for an unknown output OUTPUT_NOT_FOUND.
   */
  async readEpoch(teamId: string, runId: string, epoch: number, output = ''): Promise<EpochInfo> {
    const models = this.clients.of(ModelService, teamId);
    const [{ run }, { epoch: found }] = await Promise.all([
      this.clients.of(RunService, teamId).getRun({ runId }),
      this.clients.of(EpochService, teamId).getEpoch({ runId, epoch }),
    ]);
    const { modelVersionId } = found!;
    const [{ modelVersion }, { layers, blocks, recorded }] = await Promise.all([
      models.getModelVersion({ modelVersionId }),
      this.findLayers(teamId, { modelVersionId, runId, epoch: found!.epoch }),
    ]);
    const objective = output === '' ? undefined : findObjective(run!, output);
    const task = findTask(objective?.task ?? run!.task);
    // A score of the best box has no loss of its own; its heat maps are of classes.
    const objectClasses =
      task === 'detection'
        ? (await this.datasets.version(teamId, run!.datasetVersionId)).classNames.length
        : undefined;
    const given =
      task === 'detection'
        ? undefined
        : knownLoss(objective === undefined ? run!.settings?.loss : objective.loss, task);
    const loss =
      given === undefined
        ? task === undefined
          ? { name: 'categorical_crossentropy', config: {} }
          : undefined
        : { name: given.name, config: given.config ?? {} };
    // Runs that were started before tasks were recorded compare every output by the one loss.
    const losses =
      task === undefined
        ? undefined
        : (objectClasses !== undefined ? [] : objective ? [objective] : run!.objectives).flatMap(
            ({ output, loss }) => {
              const of = knownLoss(loss, task);
              return of === undefined ? [] : [{ output, name: of.name, config: of.config ?? {} }];
            },
          );
    const { model } = await models.getModel({ modelId: modelVersion!.modelId });
    const dims =
      (output === '' ? model!.outputs[0] : model!.outputs.find(({ name }) => name === output))?.dims ?? [];
    const last = dims.at(-1) ?? 1;
    const isMap = task === 'per-pixel';
    // A mask distinguishes at least two classes per position.
    const width =
      objectClasses ??
      (isMap
        ? Math.max(dims.length < 3 ? 2 : last, 2)
        : dims.reduce((product, size) => product * Math.max(size, 1), 1));
    const lastLayer =
      isMap || objectClasses !== undefined
        ? layers.findLast(({ convolutional }) => convolutional)?.name
        : undefined;
    const evaluation = found!.evaluation && parseArtifactRef(found!.evaluation, 'evaluation');
    return {
      run: run!,
      epoch: found!.epoch,
      branch: found!.branch,
      ...(loss?.name === OF_INTEGRATION && {
        scored: { teamId, datasetVersionId: run!.datasetVersionId },
      }),
      ...(recorded && { served: { teamId, runId, epoch: found!.epoch, width, evaluation, ...recorded } }),
      topology: parseArtifactRef(modelVersion!.topology, 'topology'),
      weights: parseArtifactRef(found!.weights, 'weights'),
      evaluation,
      ...(output !== '' && { output }),
      loss,
      losses,
      task,
      ...(objectClasses !== undefined && { objectClasses }),
      layers: layers.map((layer) => ({
        name: layer.name,
        units: layer.unitCount,
        hasPositions: layer.convolutional,
        ...(layer.name === lastLayer && { isOutput: true }),
      })),
      blocks: blocks.map(({ name, unitCount, convolutional }) => ({
        name,
        units: unitCount,
        hasPositions: convolutional,
      })),
      classes: tellsTwoClasses(width, { task, loss }) ? 2 : width,
    };
  }

  /**
   * The layers of the graph or, of a recorded epoch without one, the layers of the recording, if a process serves the
   * model or has served it. Throws `unsupported` MODEL_HAS_NO_GRAPH otherwise.
   */
  private async findLayers(
    teamId: string,
    {
      modelVersionId,
      ...key
    }: { readonly modelVersionId: string; readonly runId: string; readonly epoch: number },
  ): Promise<{
    readonly layers: readonly Pick<Layer, 'name' | 'unitCount' | 'convolutional'>[];
    readonly blocks: readonly Pick<Layer, 'name' | 'unitCount' | 'convolutional'>[];
    readonly recorded?: { readonly layers: readonly RecordedLayer[]; readonly activation: ScoreActivation };
  }> {
    try {
      return await this.clients.of(ModelService, teamId).listLayers({ modelVersionId });
    } catch (error) {
      if (!(error instanceof DomainError && error.reason === 'MODEL_HAS_NO_GRAPH')) throw error;
      const served = await this.unitOfWork.run(teamId, () => this.served.findLast(key));
      if (served === undefined) throw modelNeverServed(key.epoch, error);
      const layers = await this.recordedLayers(teamId, key.runId);
      return {
        layers: layers.map(({ name, units, positionDims }) => ({
          name,
          unitCount: units,
          convolutional: positionDims.length > 0,
        })),
        blocks: [],
        recorded: { layers, activation: served.activation },
      };
    }
  }

  /** The layers whose responses a client records. Throws `not-found` RECORDING_NOT_FOUND. */
  async recordedLayers(teamId: string, runId: string): Promise<RecordedLayer[]> {
    const { recording } = await this.clients.of(RecordingService, teamId).getRecording({ runId });
    return recording!.layers.map(({ name, kind, unitCount, positionDims }) => ({
      name,
      kind,
      units: unitCount,
      positionDims,
    }));
  }

  /** A recorded epoch, the last one for 0, with the data of its run. Throws `not-found`. */
  async recordedEpoch(teamId: string, runId: string, epoch: number): Promise<RecordedEpoch> {
    const [{ run }, { epoch: found }, layers] = await Promise.all([
      this.clients.of(RunService, teamId).getRun({ runId }),
      this.clients.of(EpochService, teamId).getEpoch({ runId, epoch }),
      this.recordedLayers(teamId, runId),
    ]);
    const { datasetVersionId, projectId } = run!;
    const [{ inputs }, shards] = await Promise.all([
      this.datasets.version(teamId, datasetVersionId),
      this.datasets.shards(teamId, datasetVersionId),
    ]);
    return {
      projectId,
      epoch: found!.epoch,
      branch: found!.branch,
      hasGraph: Number(found!.weights?.sizeBytes ?? 0n) > 0,
      evaluation: found!.evaluation && parseArtifactRef(found!.evaluation, 'evaluation'),
      layers,
      inputs,
      shards,
    };
  }
}

/** An epoch of a recorded run. */
export interface RecordedEpoch extends Pick<EpochPopulation, 'projectId' | 'shards'> {
  readonly epoch: number;
  readonly branch: number;
  readonly hasGraph: boolean;
  readonly evaluation: ArtifactRef | undefined;
  readonly layers: readonly RecordedLayer[];
  readonly inputs: readonly { readonly name: string; readonly dims: readonly number[] }[];
}

/** Name of the loss of a run that a client recorded, which the client alone knows. */
const RECORDED = 'recorded';
/** Name of the loss that the integration of the data computes. */
const OF_INTEGRATION = 'integration';
/** The losses that clients record unless they log their own. */
const USUAL: Partial<Record<Task, string>> = {
  'multi-class': 'categorical_crossentropy',
  'multi-label': 'binary_crossentropy',
  binary: 'binary_crossentropy',
  regression: 'mean_squared_error',
};

/** Throws `not-found` OUTPUT_NOT_FOUND. */
function findObjective({ objectives }: Run, output: string): OutputObjective {
  const objective = objectives.find((one) => one.output === output);
  if (objective !== undefined) return objective;
  throw outputNotFound(
    output,
    objectives.map((one) => one.output),
  );
}

/** The loss; the usual one of the task for a recorded run, if there is one. */
function knownLoss(
  loss: KerasSpec | undefined,
  task: Task | undefined,
): Pick<KerasSpec, 'name' | 'config'> | undefined {
  if (loss?.name !== RECORDED) return loss;
  const name = task && USUAL[task];
  return name === undefined ? undefined : { name };
}
