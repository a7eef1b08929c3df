import { artifactRefOf, findSplit } from '@noema/contracts';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { TensorSpec as TensorSpecMessage } from '@noema/contracts/noema/type/v1/tensor_spec';
import { everyPage, type ServiceClients } from '@noema/host';
import type { Dataset, DatasetShard } from '../domain/dataset.js';
import type { Datasets } from '../domain/dataset.ports.js';
import type { TensorSpec } from '../domain/model.js';

/** Dataset versions as the datasets service tells them. */
export class DatasetsClient implements Datasets {
  constructor(private readonly clients: ServiceClients) {}

  async get(teamId: string, datasetVersionId: string): Promise<Dataset> {
    const { datasetVersion } = await this.clients
      .of(DatasetService, teamId)
      .getDatasetVersion({ datasetVersionId });
    return toDataset(datasetVersion!);
  }

  async shards(teamId: string, datasetVersionId: string): Promise<DatasetShard[]> {
    const datasets = this.clients.of(DatasetService, teamId);
    const shards = await everyPage(
      (page) => datasets.listShards({ datasetVersionId, ...page }),
      (answer) => answer.shards,
    );
    return shards.map(({ index, firstRow, rowCount, inputs, groundTruths }) => ({
      firstRow,
      rowCount,
      inputs: artifactRefOf(inputs, `inputs of shard ${index}`),
      groundTruths: groundTruths && artifactRefOf(groundTruths, `ground truths of shard ${index}`),
    }));
  }
}

function toDataset({
  id,
  projectId,
  state,
  sampleCount,
  splits,
  inputs,
  groundTruths,
  classNames,
  samples,
}: DatasetVersion): Dataset {
  return {
    id,
    projectId,
    sampleCount,
    classNames,
    isReady: state === JobState.SUCCEEDED,
    splits: splits.map(({ split, firstRow, count }) => ({
      split: findSplit(split) ?? 'unlabeled',
      firstRow,
      count,
    })),
    inputs: inputs.map(toSpec),
    groundTruths: groundTruths.map(toSpec),
    samples: samples && artifactRefOf(samples, 'samples'),
  };
}

const toSpec = ({ name, dims }: TensorSpecMessage): TensorSpec => ({ name, dims });
