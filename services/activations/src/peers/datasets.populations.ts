import { artifactRefOf } from '@noema/contracts';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import type { DatasetShard } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import type { ServiceClients } from '@noema/host';
import type { ActivationShard } from '../domain/activation-set.js';
import type { Populations, SampleAddress } from '../domain/activation-set.ports.js';

const PAGE = 1000;

/** Populations as the datasets service tells them. */
export class DatasetPopulations implements Populations {
  constructor(private readonly clients: ServiceClients) {}

  async get(teamId: string, datasetVersionId: string): Promise<{ sampleCount: number; shardSize: number; shards: ActivationShard[] }> {
    const { datasetVersion } = await this.clients.of(DatasetService, teamId).getDatasetVersion({ datasetVersionId });
    const shards = await this.shardsOf(teamId, datasetVersionId);
    return {
      sampleCount: datasetVersion!.sampleCount, shardSize: datasetVersion!.shardSize,
      shards: shards.map(({ index, firstRow, rowCount, inputs }) => ({ index, firstRow, rowCount, inputs: artifactRefOf(inputs, `inputs of shard ${index}`) })),
    };
  }

  async addresses(teamId: string, datasetVersionId: string, rows: readonly number[]): Promise<ReadonlyMap<number, SampleAddress>> {
    if (rows.length === 0) return new Map();
    const { samples } = await this.clients.of(SampleService, teamId).listSamples({ datasetVersionId, rows: [...rows], pageSize: PAGE });
    return new Map(samples.flatMap(({ row, ref }) => (ref === undefined ? [] : [[row, { split: ref.split, sampleId: ref.sampleId }] as const])));
  }

  async classNames(teamId: string, datasetVersionId: string): Promise<readonly string[]> {
    return (await this.clients.of(DatasetService, teamId).getDatasetVersion({ datasetVersionId })).datasetVersion!.classNames;
  }

  private async shardsOf(teamId: string, datasetVersionId: string): Promise<DatasetShard[]> {
    const shards: DatasetShard[] = [];
    for (let pageToken = '', more = true; more; more = pageToken !== '') {
      const page = await this.clients.of(DatasetService, teamId).listShards({ datasetVersionId, pageSize: PAGE, pageToken });
      shards.push(...page.shards);
      pageToken = page.nextPageToken;
    }
    return shards;
  }
}
