import { hasEnded, isUuid, type Page, type PageQuery, type UnitOfWork } from '@noema/kernel';
import {
  activationSetBusy,
  activationSetNotFound,
  activationSetNotReady,
  populationEmpty,
  runOfAnotherProject,
} from './activation-set.errors.js';
import {
  type ActivationSet,
  activationSetId,
  type ActivationShard,
  type EpochOfRun,
  projectedSetId,
} from './activation-set.js';
import type {
  ActivationSets,
  ActivationShards,
  Epochs,
  Populations,
  ActivationSetJobs,
  SetsNarrowed,
} from './activation-set.ports.js';
import type { PerceptionSpaceService } from '../perception-space/perception-space.service.js';

/** Activation sets: one is made after every epoch without being asked for, others on demand. */
export class ActivationSetService {
  constructor(
    private readonly ports: {
      readonly work: UnitOfWork;
      readonly sets: ActivationSets;
      readonly shards: ActivationShards;
      readonly spaces: PerceptionSpaceService;
      readonly jobs: ActivationSetJobs;
      readonly epochs: Epochs;
      readonly populations: Populations;
    },
  ) {}

  /**
   * What is known of an epoch; asked for before the transaction that starts a set. Throws `not-found`, also
   * for a run of another project.
   */
  async epochOf(teamId: string, projectId: string, runId: string, epoch: number): Promise<EpochOfRun> {
    const found = await this.ports.epochs.get(teamId, runId, epoch);
    if (found.projectId !== projectId) throw runOfAnotherProject(runId, projectId);
    return found;
  }

  /** Starts making the set of an epoch in a space (`all` when not named), or returns the one that exists. */
  start(teamId: string, epoch: EpochOfRun, space = ''): Promise<ActivationSet> {
    return this.ports.work.run(teamId, async () => {
      const { id: perceptionSpaceId } = await this.ports.spaces.resolve(
        teamId,
        epoch.projectId,
        space === '' ? 'all' : space,
      );
      const id = activationSetId(epoch.runId, epoch.epoch, perceptionSpaceId);
      const existing = await this.ports.sets.find(id);
      if (existing !== undefined) return existing;
      await this.ports.sets.insert({
        ...epoch,
        id,
        perceptionSpaceId,
        jobId: await this.ports.jobs.queue(teamId, id),
      });
      return (await this.ports.sets.find(id))!;
    });
  }

  /**
   * What a projection needs: a set that is made, and data that exist. Throws as `getReady`, `not-found` for
   * the data, `precondition` POPULATION_EMPTY.
   */
  async referenceFor(teamId: string, referenceId: string, datasetVersionId: string): Promise<ActivationSet> {
    const reference = await this.getReady(teamId, referenceId);
    if ((await this.ports.populations.version(teamId, datasetVersionId)).sampleCount === 0)
      throw populationEmpty(datasetVersionId);
    return reference;
  }

  /**
   * Starts making the set of other data by the weights and in the basis of a stored set, or returns the one
   * that exists; its own data give itself.
   */
  project(teamId: string, reference: ActivationSet, datasetVersionId: string): Promise<ActivationSet> {
    return this.ports.work.run(teamId, async () => {
      if (datasetVersionId === reference.datasetVersionId) return reference;
      const id = projectedSetId(reference.id, datasetVersionId);
      const existing = await this.ports.sets.find(id);
      if (existing !== undefined) return existing;
      const { projectId, runId, epoch, modelVersionId, topology, weights, perceptionSpaceId, followed } =
        reference;
      await this.ports.sets.insert({
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
        jobId: await this.ports.jobs.queue(teamId, id),
        reference: { setId: reference.id, basis: reference.basis! },
      });
      return (await this.ports.sets.find(id))!;
    });
  }

  /** Throws `not-found`, also for a set of another team. */
  get(teamId: string, id: string): Promise<ActivationSet> {
    return this.ports.work.run(teamId, async () => {
      const set = isUuid(id) ? await this.ports.sets.find(id) : undefined;
      if (set === undefined) throw activationSetNotFound(id);
      return set;
    });
  }

  /** A set that is there with all its parts. Throws as `get`, and `precondition` ACTIVATION_SET_NOT_READY. */
  async getReady(teamId: string, id: string): Promise<ActivationSet> {
    const set = await this.get(teamId, id);
    if (set.unitStatistics === undefined) throw activationSetNotReady(id, set.state);
    return set;
  }

  list(
    teamId: string,
    projectId: string,
    narrow: SetsNarrowed,
    query: PageQuery,
  ): Promise<Page<ActivationSet>> {
    if (![projectId, narrow.runId, narrow.referenceSetId].every((id) => id === undefined || isUuid(id)))
      return Promise.resolve({ items: [], nextPageToken: '' });
    return this.ports.work.run(teamId, () => this.ports.sets.list(projectId, narrow, query));
  }

  /** The shards of a set in order. */
  shardsOf(teamId: string, id: string): Promise<ActivationShard[]> {
    return this.ports.work.run(teamId, async () => {
      await this.get(teamId, id);
      return this.ports.shards.of(id);
    });
  }

  /**
   * Deletes a set; the sweeper finds the artifacts that no other set names. Throws `precondition` while its
   * job runs.
   */
  delete(teamId: string, id: string): Promise<void> {
    return this.ports.work.run(teamId, async () => {
      const set = await this.get(teamId, id);
      if (!hasEnded(set.state)) throw activationSetBusy(id);
      await this.ports.sets.delete(id);
    });
  }
}
