import { artifactRefOf, splitMessage, splitOf } from '@noema/contracts';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import type { DatasetShard, DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { everyPage, type ServiceClients } from '@noema/host';
import type { SampleAddress } from '@noema/kernel';
import type { LocatedSample } from '../domain/analysis.js';
import type { EpochPopulation } from '../domain/population.js';

/** Finds rows and shards of the samples of one dataset version. */
export class SampleLocator {
  private constructor(
    private readonly clients: ServiceClients,
    private readonly teamId: string,
    readonly version: DatasetVersion,
    private readonly shards: readonly DatasetShard[],
  ) {}

  static async of(clients: ServiceClients, teamId: string, datasetVersionId: string): Promise<SampleLocator> {
    const datasets = clients.of(DatasetService, teamId);
    const { datasetVersion } = await datasets.getDatasetVersion({ datasetVersionId });
    const shards = await everyPage(
      (page) => datasets.listShards({ datasetVersionId, ...page }),
      (answer) => answer.shards,
    );
    return new SampleLocator(clients, teamId, datasetVersion!, shards);
  }

  /** Where the rows of the version lie. */
  get population(): Pick<EpochPopulation, 'sampleCount' | 'shards' | 'splits'> {
    const { sampleCount, splits } = this.version;
    return {
      sampleCount,
      shards: this.shards.map(({ index, firstRow, rowCount, inputs, groundTruths }) => ({
        firstRow,
        rowCount,
        inputs: artifactRefOf(inputs, `inputs of shard ${index}`),
        groundTruths: groundTruths && artifactRefOf(groundTruths, `ground truths of shard ${index}`),
      })),
      splits: splits.map(({ split, firstRow, count }) => ({ split: splitOf(split), firstRow, count })),
    };
  }

  /** Throws `not-found` for a sample that the version does not have. */
  async locate({ split, sampleId }: SampleAddress): Promise<LocatedSample> {
    const { sample } = await this.clients
      .of(SampleService, this.teamId)
      .getSample({ datasetVersionId: this.version.id, split: splitMessage(split), sampleId });
    const { row } = sample!;
    const shard = this.shards.find(({ firstRow, rowCount }) => row >= firstRow && row < firstRow + rowCount);
    return {
      split,
      sampleId,
      row,
      shardRow: row - (shard?.firstRow ?? 0),
      inputs: artifactRefOf(shard?.inputs, `inputs of row ${row}`),
      groundTruths: shard?.groundTruths && artifactRefOf(shard.groundTruths, `ground truths of row ${row}`),
    };
  }
}
