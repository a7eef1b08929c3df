import { artifactRefOf } from '@noema/contracts';
import { DatasetService, type ListShardsResponse } from '@noema/contracts/noema/datasets/v1/dataset_service';
import type { ServiceClients } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import type { DatasetFacts, Datasets, GroundTruthShard } from '../domain/exploration.ports.js';

/** Asks the datasets service about a version. */
export class DatasetClient implements Datasets {
  constructor(private readonly clients: ServiceClients) {}

  async facts(teamId: string, datasetVersionId: string): Promise<DatasetFacts> {
    const datasets = this.clients.of(DatasetService, teamId);
    const { datasetVersion } = await datasets.getDatasetVersion({ datasetVersionId });
    const shards: GroundTruthShard[] = [];
    let pageToken = '';
    do {
      const page: ListShardsResponse = await datasets.listShards({ datasetVersionId, pageSize: 1_000, pageToken });
      for (const { rowCount, groundTruths } of page.shards) shards.push({ rows: rowCount, groundTruth: groundTruths && artifactRefOf(groundTruths, 'shard.ground_truths') });
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return { classNames: datasetVersion?.classNames ?? [], shards };
  }

  async samplesOf(teamId: string, datasetVersionId: string): Promise<ArtifactRef> {
    const { datasetVersion } = await this.clients.of(DatasetService, teamId).getDatasetVersion({ datasetVersionId });
    return artifactRefOf(datasetVersion?.samples, 'dataset_version.samples');
  }
}
