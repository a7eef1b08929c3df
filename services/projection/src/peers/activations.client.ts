import { Inject, Injectable } from '@nestjs/common';
import { parseArtifactRef } from '@noema/contracts';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { everyPage } from '@noema/grpc';
import { ServiceClients } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import type { Line } from '../exploration/exploration.js';

/**
 * Outlook of the activation set of an epoch: made or being made, given up, not requested though the epoch has
 * others, or nothing known of the epoch.
 */
export type SetOutlook = 'coming' | 'failed' | 'skipped' | 'absent';

/** A set as the service that makes it knows it. */
export interface ReferenceSet {
  /** The set in whose basis its vectors are; empty for a set of its run's own data. */
  readonly referenceSetId: string;
  readonly datasetVersionId: string;
  readonly sampleCount: number;
  /** By shard, in the order of the rows; empty before the set is made. */
  readonly vectors: readonly ArtifactRef[];
}

/** Queries the activations service for sets and what becomes of them. */
@Injectable()
export class ActivationsClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  async setOutlook(
    teamId: string,
    { projectId, runId, perceptionSpaceId }: Line & { readonly projectId: string },
    epoch: number,
  ): Promise<SetOutlook> {
    const { activationSets } = await this.clients
      .of(ActivationSetService, teamId)
      .listActivationSets({ projectId, runId, epoch, pageSize: 1_000 });
    const set = activationSets.find((candidate) => candidate.perceptionSpaceId === perceptionSpaceId);
    if (set === undefined) return activationSets.length > 0 ? 'skipped' : 'absent';
    return set.state === JobState.FAILED || set.state === JobState.CANCELLED ? 'failed' : 'coming';
  }

  /** Throws `not-found`. */
  async getSet(teamId: string, activationSetId: string): Promise<ReferenceSet> {
    const sets = this.clients.of(ActivationSetService, teamId);
    const { activationSet } = await sets.getActivationSet({ activationSetId });
    const shards = await everyPage(
      (page) => sets.listActivationShards({ activationSetId, ...page }),
      (response) => response.shards,
    );
    const isReady = activationSet!.state === JobState.SUCCEEDED;
    return {
      referenceSetId: activationSet!.referenceSetId,
      datasetVersionId: activationSet!.datasetVersionId,
      sampleCount: activationSet!.sampleCount,
      vectors: isReady
        ? shards.map(({ index, vectors }) => parseArtifactRef(vectors, `shards[${index}].vectors`))
        : [],
    };
  }
}
