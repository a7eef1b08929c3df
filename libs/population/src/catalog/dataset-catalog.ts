import type { DescService } from '@bufbuild/protobuf';
import { parseArtifactRef, findSplit, splitMessage } from '@noema/contracts';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { everyPage, type ServiceClient } from '@noema/grpc';
import {
  type ArtifactRef,
  DomainError,
  type SampleAddress,
  type SplitName,
  type Vocabulary,
} from '@noema/kernel';
import type { DatasetShard, DatasetVersionInfo } from './dataset-version.js';

/** Clients of the other services, each bound to the team that it acts for. */
export interface TeamClients {
  of<S extends DescService>(service: S, teamId: string): ServiceClient<S>;
}

/**
 * Reads dataset versions, their shards and the addresses of their samples from the datasets service. Every
 * method throws `not-found` DATASET_VERSION_NOT_FOUND, and `unavailable` when the service does not answer.
 */
export class DatasetCatalog {
  constructor(private readonly clients: TeamClients) {}

  /** Throws `unsupported` SPLIT_UNKNOWN for a version with a split that this program does not know. */
  async version(teamId: string, datasetVersionId: string): Promise<DatasetVersionInfo> {
    const { datasetVersion } = await this.clients
      .of(DatasetService, teamId)
      .getDatasetVersion({ datasetVersionId });
    const { id, projectId, state, sampleCount, shardSize, classNames, samples, ...version } = datasetVersion!;
    return {
      id,
      projectId,
      sampleCount,
      shardSize,
      classNames,
      isReady: state === JobState.SUCCEEDED,
      splits: version.splits.map(({ split, firstRow, count }) => ({
        split: knownSplit(datasetVersionId, split),
        firstRow,
        count,
      })),
      inputs: version.inputs.map(({ name, dims, vocabulary }) => ({
        name,
        dims,
        ...(vocabulary && { vocabulary: parseVocabulary(vocabulary) }),
      })),
      groundTruths: version.groundTruths.map(({ name, dims }) => ({ name, dims })),
      metadataNames: version.metadataColumns.map(({ name }) => name),
      ...(version.groupField !== '' && { groupField: version.groupField }),
      visualMediaTypes: version.visualizers.map(({ mediaType }) => mediaType),
      ...((version.metricNames.length > 0 || version.hasLoss) && {
        scores: { metrics: version.metricNames, hasLoss: version.hasLoss },
      }),
      samples: samples && parseArtifactRef(samples, 'dataset_version.samples'),
    };
  }

  /** The shards in the order of their rows. */
  async shards(teamId: string, datasetVersionId: string): Promise<DatasetShard[]> {
    const datasets = this.clients.of(DatasetService, teamId);
    const shards = await everyPage(
      (page) => datasets.listShards({ datasetVersionId, ...page }),
      (response) => response.shards,
    );
    return shards.map(({ index, firstRow, rowCount, inputs, groundTruths }) => ({
      index,
      firstRow,
      rowCount,
      inputs: parseArtifactRef(inputs, `inputs of shard ${index}`),
      groundTruths: groundTruths && parseArtifactRef(groundTruths, `ground truths of shard ${index}`),
    }));
  }

  /** The sample table. Throws `precondition` DATASET_VERSION_NOT_READY before there is one. */
  async samples(teamId: string, datasetVersionId: string): Promise<ArtifactRef> {
    const { samples } = await this.version(teamId, datasetVersionId);
    if (samples !== undefined) return samples;
    throw new DomainError(
      'precondition',
      'DATASET_VERSION_NOT_READY',
      `dataset version "${datasetVersionId}" has no sample table yet; wait until it is ingested`,
      { metadata: { dataset_version_id: datasetVersionId } },
    );
  }

  /** The addresses of some rows. Throws `unsupported` SPLIT_UNKNOWN. */
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
        ref === undefined
          ? []
          : [[row, { split: knownSplit(datasetVersionId, ref.split), sampleId: ref.sampleId }] as const],
      ),
    );
  }

  /** The row of a sample. Throws `not-found` SAMPLE_NOT_FOUND. */
  async getRow(
    teamId: string,
    datasetVersionId: string,
    { split, sampleId }: SampleAddress,
  ): Promise<number> {
    const { sample } = await this.clients
      .of(SampleService, teamId)
      .getSample({ datasetVersionId, split: splitMessage(split), sampleId });
    return sample!.row;
  }
}

const parseVocabulary = ({ kind, size, tokenDigest, textDigest }: Vocabulary): Vocabulary => ({
  kind,
  size,
  tokenDigest,
  textDigest,
});

function knownSplit(datasetVersionId: string, split: Split): SplitName {
  const name = findSplit(split);
  if (name !== undefined) return name;
  throw new DomainError(
    'unsupported',
    'SPLIT_UNKNOWN',
    `dataset version "${datasetVersionId}" has the split ${split}, which this service does not know; run the ` +
      'same version of all services',
    { metadata: { dataset_version_id: datasetVersionId, split: String(split) } },
  );
}
