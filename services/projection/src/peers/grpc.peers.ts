import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { artifactRefOf } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { everyPage } from '@noema/grpc';
import type { ServiceClients } from '@noema/host';
import type { Line, ReferenceSet, Peers, SetOutlook } from '../domain/exploration.ports.js';

/** Asks training for the seed of a run, and activations for sets and what becomes of them. */
export class GrpcPeers implements Peers {
  constructor(private readonly clients: ServiceClients) {}

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

  async seedOf(teamId: string, runId: string): Promise<number> {
    const { run } = await this.clients.of(RunService, teamId).getRun({ runId });
    return run?.settings?.seed ?? 0;
  }

  async setOf(teamId: string, activationSetId: string): Promise<ReferenceSet> {
    const sets = this.clients.of(ActivationSetService, teamId);
    const { activationSet } = await sets.getActivationSet({ activationSetId });
    const shards = await everyPage(
      (page) => sets.listActivationShards({ activationSetId, ...page }),
      (answer) => answer.shards,
    );
    const isMade = activationSet!.state === JobState.SUCCEEDED;
    return {
      referenceSetId: activationSet!.referenceSetId,
      datasetVersionId: activationSet!.datasetVersionId,
      sampleCount: activationSet!.sampleCount,
      vectors: isMade
        ? shards.map(({ index, vectors }) => artifactRefOf(vectors, `shards[${index}].vectors`))
        : [],
    };
  }
}
