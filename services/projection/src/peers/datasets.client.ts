import { artifactRefOf } from '@noema/contracts';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { everyPage, type ServiceClients } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import type { DatasetInfo, Datasets } from '../domain/exploration.ports.js';

/** Asks the datasets service about a version. */
export class DatasetsClient implements Datasets {
  constructor(private readonly clients: ServiceClients) {}

  async facts(teamId: string, datasetVersionId: string): Promise<DatasetInfo> {
    const datasets = this.clients.of(DatasetService, teamId);
    const { datasetVersion } = await datasets.getDatasetVersion({ datasetVersionId });
    const shards = await everyPage(
      (page) => datasets.listShards({ datasetVersionId, ...page }),
      (answer) => answer.shards,
    );
    return {
      classNames: datasetVersion?.classNames ?? [],
      shards: shards.map(({ rowCount, groundTruths }) => ({
        rows: rowCount,
        groundTruth: groundTruths && artifactRefOf(groundTruths, 'shard.ground_truths'),
      })),
    };
  }

  async samplesOf(teamId: string, datasetVersionId: string): Promise<ArtifactRef> {
    const { datasetVersion } = await this.clients
      .of(DatasetService, teamId)
      .getDatasetVersion({ datasetVersionId });
    return artifactRefOf(datasetVersion?.samples, 'dataset_version.samples');
  }
}
