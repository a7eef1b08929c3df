import { artifactRefOf } from '@noema/contracts';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { everyPage } from '@noema/grpc';
import type { ServiceClients } from '@noema/host';
import type { ResponseSource, ResponseSources } from '../vector-index/similarity.ports.js';

/** Asks the activations service where the responses of a set are. */
export class ActivationsClient implements ResponseSources {
  constructor(private readonly clients: ServiceClients) {}

  async of(teamId: string, activationSetId: string): Promise<ResponseSource> {
    const sets = this.clients.of(ActivationSetService, teamId);
    const { activationSet } = await sets.getActivationSet({ activationSetId });
    const shards = await everyPage(
      (page) => sets.listActivationShards({ activationSetId, ...page }),
      (answer) => answer.shards,
    );
    return {
      basis: artifactRefOf(activationSet?.basis, 'activation_set.basis'),
      moments: artifactRefOf(activationSet?.moments, 'activation_set.moments'),
      datasetVersionId: activationSet!.datasetVersionId,
      referenceSetId: activationSet!.referenceSetId,
      shards: shards.map(({ index, firstRow, rowCount, responses, vectors }) => ({
        firstRow,
        rowCount,
        responses: artifactRefOf(responses, `shards[${index}].responses`),
        vectors: vectors && artifactRefOf(vectors, `shards[${index}].vectors`),
      })),
    };
  }
}
