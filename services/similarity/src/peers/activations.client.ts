import { Inject, Injectable } from '@nestjs/common';
import { parseArtifactRef } from '@noema/contracts';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { everyPage } from '@noema/grpc';
import { ServiceClients } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';

/** Artifacts with the responses of a set. */
export interface ResponseSource {
  readonly basis: ArtifactRef;
  readonly moments: ArtifactRef;
  readonly datasetVersionId: string;
  /** Empty for a set of its run's own data. */
  readonly referenceSetId: string;
  /** In order; vectors are absent before they are made. */
  readonly shards: readonly {
    readonly firstRow: number;
    readonly rowCount: number;
    readonly responses: ArtifactRef;
    readonly vectors: ArtifactRef | undefined;
  }[];
}

/** Queries the activations service for the responses of a set. */
@Injectable()
export class ActivationsClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  async of(teamId: string, activationSetId: string): Promise<ResponseSource> {
    const sets = this.clients.of(ActivationSetService, teamId);
    const { activationSet } = await sets.getActivationSet({ activationSetId });
    const shards = await everyPage(
      (page) => sets.listActivationShards({ activationSetId, ...page }),
      (answer) => answer.shards,
    );
    return {
      basis: parseArtifactRef(activationSet?.basis, 'activation_set.basis'),
      moments: parseArtifactRef(activationSet?.moments, 'activation_set.moments'),
      datasetVersionId: activationSet!.datasetVersionId,
      referenceSetId: activationSet!.referenceSetId,
      shards: shards.map(({ index, firstRow, rowCount, responses, vectors }) => ({
        firstRow,
        rowCount,
        responses: parseArtifactRef(responses, `shards[${index}].responses`),
        vectors: vectors && parseArtifactRef(vectors, `shards[${index}].vectors`),
      })),
    };
  }
}
