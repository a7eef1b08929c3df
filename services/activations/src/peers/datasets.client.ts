import { artifactRefOf, splitOf } from '@noema/contracts';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { everyPage, type ServiceClients } from '@noema/host';
import type { ArtifactRef, SampleAddress } from '@noema/kernel';
import type { ActivationShard } from '../domain/activation-set.js';
import type { Populations } from '../domain/activation-set.ports.js';

/** Populations as the datasets service tells them. */
export class DatasetsClient implements Populations {
  constructor(private readonly clients: ServiceClients) {}

  async get(
    teamId: string,
    datasetVersionId: string,
  ): Promise<{ sampleCount: number; shardSize: number; shards: ActivationShard[] }> {
    const datasets = this.clients.of(DatasetService, teamId);
    const { datasetVersion } = await datasets.getDatasetVersion({ datasetVersionId });
    const shards = await everyPage(
      (page) => datasets.listShards({ datasetVersionId, ...page }),
      (answer) => answer.shards,
    );
    return {
      sampleCount: datasetVersion!.sampleCount,
      shardSize: datasetVersion!.shardSize,
      shards: shards.map(({ index, firstRow, rowCount, inputs }) => ({
        index,
        firstRow,
        rowCount,
        inputs: artifactRefOf(inputs, `inputs of shard ${index}`),
      })),
    };
  }

  async addresses(
    teamId: string,
    datasetVersionId: string,
    rows: readonly number[],
  ): Promise<ReadonlyMap<number, SampleAddress>> {
    if (rows.length === 0) return new Map();
    const { samples } = await this.clients
      .of(SampleService, teamId)
      .listSamples({ datasetVersionId, rows: [...rows], pageSize: rows.length });
    return new Map(
      samples.flatMap(({ row, ref }) =>
        ref === undefined ? [] : [[row, { split: splitOf(ref.split), sampleId: ref.sampleId }] as const],
      ),
    );
  }

  /** The table of samples; absent before the version is ready. */
  async samplesOf(teamId: string, datasetVersionId: string): Promise<ArtifactRef | undefined> {
    const { datasetVersion } = await this.clients
      .of(DatasetService, teamId)
      .getDatasetVersion({ datasetVersionId });
    return datasetVersion!.samples && artifactRefOf(datasetVersion!.samples, 'dataset_version.samples');
  }

  async classNames(teamId: string, datasetVersionId: string): Promise<readonly string[]> {
    return (await this.clients.of(DatasetService, teamId).getDatasetVersion({ datasetVersionId }))
      .datasetVersion!.classNames;
  }
}
