import { Inject, Injectable } from '@nestjs/common';
import {
  findOrThrow,
  hasEnded,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
} from '@noema/kernel';
import { DatasetCatalog } from '@noema/population';
import { Database } from '@noema/postgres';
import { TrainingClient } from '../peers/training.client.js';
import { PerceptionSpaceService } from '../perception-space/perception-space.service.js';
import {
  activationSetBusy,
  activationSetNotFound,
  activationSetNotReady,
  populationEmpty,
  recordedRunHasNoModel,
  runOfAnotherProject,
} from './activation-set.errors.js';
import {
  type ActivationSet,
  activationSetId,
  type ActivationShard,
  type EpochOfRun,
  projectedSetId,
  type SetFilter,
} from './activation-set.js';
import { ActivationSetQueue } from './activation-set.queue.js';
import { ActivationSetRepository } from './activation-set.repository.js';
import { ActivationShardRepository } from './activation-shard.repository.js';

/** Activation sets: one is made automatically after every epoch, others on request. */
@Injectable()
export class ActivationSetService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ActivationSetRepository) private readonly sets: Port<ActivationSetRepository>,
    @Inject(ActivationShardRepository) private readonly shards: Pick<ActivationShardRepository, 'of'>,
    @Inject(PerceptionSpaceService) private readonly spaces: Pick<PerceptionSpaceService, 'resolve'>,
    @Inject(ActivationSetQueue) private readonly queue: Port<ActivationSetQueue>,
    @Inject(TrainingClient) private readonly epochs: Port<TrainingClient>,
    @Inject(DatasetCatalog) private readonly populations: Pick<DatasetCatalog, 'version'>,
  ) {}

  /**
   * Returns the known facts of an epoch; call it before the transaction that starts a set. Throws
   * `not-found`, also for a run of another project.
   */
  async getEpoch(teamId: string, projectId: string, runId: string, epoch: number): Promise<EpochOfRun> {
    const found = await this.epochs.get(teamId, runId, epoch);
    if (found.projectId !== projectId) throw runOfAnotherProject(runId, projectId);
    return found;
  }

  /**
   * Starts making the set of an epoch that was completed, and deletes the sets of the epochs that its branch has
   * replaced, with their jobs. An announcement that is late does not bring a replaced epoch back.
   */
  async follow(
    teamId: string,
    epoch: EpochOfRun,
    { withoutResponses }: { readonly withoutResponses: boolean },
  ): Promise<void> {
    await this.unitOfWork.run(teamId, async () => {
      if (withoutResponses) await this.deleteReplaced(teamId, epoch);
      else if (!(await this.sets.isReplaced(epoch))) await this.start(teamId, epoch);
    });
  }

  /** Starts making the set of an epoch in a space (`all` when not named), or returns the one that exists. */
  start(teamId: string, epoch: EpochOfRun, space = ''): Promise<ActivationSet> {
    return this.unitOfWork.run(teamId, async () => {
      const { id: perceptionSpaceId } = await this.spaces.resolve(
        teamId,
        epoch.projectId,
        space === '' ? 'all' : space,
      );
      const id = activationSetId(epoch, perceptionSpaceId);
      const existing = await this.sets.find(id);
      if (existing !== undefined) return existing;
      await this.deleteReplaced(teamId, epoch);
      return this.sets.insert({
        ...epoch,
        id,
        perceptionSpaceId,
        jobId: await this.queue.queue(teamId, id),
      });
    });
  }

  /**
   * Returns the finished set that a projection needs, and checks that its data exist. Throws as `getReady`,
   * `not-found` for the data, `precondition` POPULATION_EMPTY, `unsupported` RECORDED_RUN_HAS_NO_MODEL for
   * other data than the samples of a recorded epoch without a graph.
   */
  async referenceFor(teamId: string, referenceId: string, datasetVersionId: string): Promise<ActivationSet> {
    const reference = await this.getReady(teamId, referenceId);
    if (reference.topology === undefined && datasetVersionId !== reference.datasetVersionId)
      throw recordedRunHasNoModel(reference.runId);
    if ((await this.populations.version(teamId, datasetVersionId)).sampleCount === 0)
      throw populationEmpty(datasetVersionId);
    return reference;
  }

  /**
   * Starts making the set of other data by the weights and in the basis of a stored set, or returns the one
   * that exists; its own data give itself.
   */
  project(teamId: string, reference: ActivationSet, datasetVersionId: string): Promise<ActivationSet> {
    return this.unitOfWork.run(teamId, async () => {
      if (datasetVersionId === reference.datasetVersionId) return reference;
      const id = projectedSetId(reference.id, datasetVersionId);
      const existing = await this.sets.find(id);
      if (existing !== undefined) return existing;
      const { projectId, runId, epoch, modelVersionId, topology, weights, perceptionSpaceId, followed } =
        reference;
      return this.sets.insert({
        id,
        projectId,
        runId,
        epoch,
        modelVersionId,
        topology,
        weights,
        perceptionSpaceId,
        datasetVersionId,
        followed,
        branch: reference.branch ?? 0,
        branchStart: reference.branchStart ?? 0,
        jobId: await this.queue.queue(teamId, id),
        reference: { setId: reference.id, basis: reference.basis! },
      });
    });
  }

  /** Throws `not-found`, also for a set of another team. */
  get(teamId: string, id: string): Promise<ActivationSet> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.sets, id, activationSetNotFound));
  }

  /** Returns a finished set. Throws as `get`, and `precondition` ACTIVATION_SET_NOT_READY. */
  async getReady(teamId: string, id: string): Promise<ActivationSet> {
    const set = await this.get(teamId, id);
    if (set.unitStatistics === undefined) throw activationSetNotReady(id, set.state);
    return set;
  }

  list(teamId: string, where: SetFilter, query: PageQuery): Promise<Page<ActivationSet>> {
    const { projectId, runId, referenceSetId } = where;
    if (![projectId, runId, referenceSetId].every((id) => id === undefined || isUuid(id)))
      return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.sets.list(where, query));
  }

  private async deleteReplaced(teamId: string, epoch: EpochOfRun): Promise<void> {
    if ((epoch.branch ?? 0) > 0) await this.queue.cancel(teamId, await this.sets.deleteReplaced(epoch));
  }

  /** The shards of a set in order. */
  listShards(teamId: string, id: string): Promise<ActivationShard[]> {
    return this.unitOfWork.run(teamId, async () => {
      await this.get(teamId, id);
      return this.shards.of(id);
    });
  }

  /**
   * Deletes a set; the sweeper finds the artifacts that no other set names. Throws `precondition` while its
   * job runs.
   */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      const set = await this.get(teamId, id);
      if (!hasEnded(set.state)) throw activationSetBusy(id);
      await this.sets.delete(id);
    });
  }
}
