import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import type { DatasetShard } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import type { ServiceClients } from '@noema/host';
import { neededRef } from '../contracts/artifact-ref.mapper.js';
import type { ActivationShard } from '../domain/activation-set.js';
import type { Populations, SampleAddress } from '../domain/activation-set.ports.js';
import { classOfRows } from './ground-truth.classes.js';

const PAGE = 1000;

/** Populations as the datasets service tells them. */
export class DatasetPopulations implements Populations {
  constructor(private readonly clients: ServiceClients, private readonly store: ArtifactStore) {}

  async get(teamId: string, datasetVersionId: string): Promise<{ sampleCount: number; shardSize: number; shards: ActivationShard[] }> {
    const { datasetVersion } = await this.clients.of(DatasetService, teamId).getDatasetVersion({ datasetVersionId });
    const shards = await this.shardsOf(teamId, datasetVersionId);
    return {
      sampleCount: datasetVersion!.sampleCount, shardSize: datasetVersion!.shardSize,
      shards: shards.map(({ index, firstRow, rowCount, inputs }) => ({ index, firstRow, rowCount, inputs: neededRef(inputs, `shard ${index} of dataset version ${datasetVersionId}`) })),
    };
  }

  async addresses(teamId: string, datasetVersionId: string, rows: readonly number[]): Promise<ReadonlyMap<number, SampleAddress>> {
    if (rows.length === 0) return new Map();
    const { samples } = await this.clients.of(SampleService, teamId).listSamples({ datasetVersionId, rows: [...rows], pageSize: PAGE });
    return new Map(samples.flatMap(({ row, ref }) => (ref === undefined ? [] : [[row, { split: ref.split, sampleId: ref.sampleId }] as const])));
  }

  async classes(teamId: string, datasetVersionId: string): Promise<{ names: string[]; ofRow: Int32Array } | undefined> {
    const { datasetVersion } = await this.clients.of(DatasetService, teamId).getDatasetVersion({ datasetVersionId });
    const { classNames: names, sampleCount, groundTruths } = datasetVersion!;
    if (names.length === 0 || groundTruths.length === 0) return undefined;
    const ofRow = new Int32Array(sampleCount).fill(-1);
    for (const { firstRow, groundTruths: ref } of await this.shardsOf(teamId, datasetVersionId)) {
      if (ref === undefined) continue;
      const file = readMatrix(await this.store.get(neededRef(ref, 'ground truth')));
      ofRow.set(classOfRows(file.float32(groundTruths[0]!.name), names.length), firstRow);
    }
    return { names, ofRow };
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
