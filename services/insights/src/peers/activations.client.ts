import { timestampMs } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { parseArtifactRef } from '@noema/contracts';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { everyPage } from '@noema/grpc';
import { ServiceClients } from '@noema/host';
import type { ResponseLayer } from '@noema/insights';
import type { ArtifactRef } from '@noema/kernel';

/** The set of an epoch: ready with its id, on its way, given up, or not known. */
export type SetOutlook = { readonly id: string } | 'coming' | 'failed' | 'absent';

/** Responses and vectors of an activation set. */
export interface ActivationSource {
  readonly layers: readonly ResponseLayer[];
  readonly dimensions: number;
  readonly moments: ArtifactRef;
  /** In the order of the rows. */
  readonly shards: readonly {
    readonly firstRow: number;
    readonly rowCount: number;
    readonly responses: ArtifactRef;
    readonly vectors: ArtifactRef;
  }[];
}

/** Queries the activations service for the sets of epochs. */
@Injectable()
export class ActivationsClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Finds the first set of a run's own data, which the platform makes in the space of all layers. */
  async findSet(
    teamId: string,
    {
      projectId,
      runId,
      epoch,
    }: { readonly projectId: string; readonly runId: string; readonly epoch: number },
  ): Promise<SetOutlook> {
    const { activationSets } = await this.clients
      .of(ActivationSetService, teamId)
      .listActivationSets({ projectId, runId, epoch, pageSize: 1000 });
    const own = activationSets
      .filter(({ referenceSetId }) => referenceSetId === '')
      .sort((a, b) => timestampMs(a.createTime!) - timestampMs(b.createTime!));
    const ready = own.find(({ state }) => state === JobState.SUCCEEDED);
    if (ready) return { id: ready.id };
    return own.length === 0 ? 'absent' : own.every(({ state }) => isGivenUp(state)) ? 'failed' : 'coming';
  }

  /** Throws `not-found`. */
  async readSet(teamId: string, activationSetId: string): Promise<ActivationSource> {
    const sets = this.clients.of(ActivationSetService, teamId);
    const { activationSet } = await sets.getActivationSet({ activationSetId });
    const shards = await everyPage(
      (page) => sets.listActivationShards({ activationSetId, ...page }),
      (response) => response.shards,
    );
    return {
      layers: activationSet!.layers.map(({ name, unitCount, positionDims }) => ({
        name,
        units: unitCount,
        positions: positionDims.reduce((product, dim) => product * dim, 1),
      })),
      dimensions: activationSet!.dimensions,
      moments: parseArtifactRef(activationSet!.moments, 'moments'),
      shards: shards.map(({ index, firstRow, rowCount, responses, vectors }) => ({
        firstRow,
        rowCount,
        responses: parseArtifactRef(responses, `shards[${index}].responses`),
        vectors: parseArtifactRef(vectors, `shards[${index}].vectors`),
      })),
    };
  }
}

const isGivenUp = (state: JobState): boolean => state === JobState.FAILED || state === JobState.CANCELLED;
