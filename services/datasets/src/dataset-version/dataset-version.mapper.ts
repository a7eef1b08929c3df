import type { MessageInitShape } from '@bufbuild/protobuf';
import { artifactRefMessage, splitMessage } from '@noema/contracts';
import {
  ColumnType,
  type DatasetShardSchema,
  type DatasetVersionSchema,
  type MetadataColumnSchema,
  type SkippedSampleSchema,
} from '@noema/contracts/noema/datasets/v1/dataset_version';
import { jobResourceMessage } from '@noema/jobs';
import type {
  DatasetShard,
  DatasetVersion,
  MetadataColumn,
  MetadataType,
  SkippedSample,
} from './dataset-version.js';
import { tensorSpecMessage } from './tensor-spec.mapper.js';

export const COLUMN_TYPES: Readonly<Record<MetadataType, ColumnType>> = {
  number: ColumnType.NUMBER,
  string: ColumnType.STRING,
  boolean: ColumnType.BOOLEAN,
};

/** A version without the list of its skipped samples. */
export const datasetVersionMessage = (
  version: DatasetVersion,
): MessageInitShape<typeof DatasetVersionSchema> => toMessage(version, []);

/** A version with all that is known of it. */
export const wholeVersionMessage = (version: DatasetVersion): MessageInitShape<typeof DatasetVersionSchema> =>
  toMessage(version, version.ready?.content.skipped ?? []);

function toMessage(
  version: DatasetVersion,
  skipped: readonly SkippedSample[],
): MessageInitShape<typeof DatasetVersionSchema> {
  const { projectId, integrationId, displayName, shardSize, ready } = version;
  const known = { ...jobResourceMessage(version), projectId, integrationId, displayName, shardSize };
  if (ready === undefined) return known;
  const { content } = ready;
  return {
    ...known,
    sampleCount: content.sampleCount,
    classNames: [...content.classNames],
    contentDigest: ready.contentDigest,
    samples: artifactRefMessage(ready.samples),
    splits: content.splits.map(({ split, count, firstRow }) => ({
      split: splitMessage(split),
      count,
      firstRow,
    })),
    inputs: content.inputs.map(tensorSpecMessage),
    groundTruths: content.groundTruths.map(tensorSpecMessage),
    visualizers: content.visualizers.map((v) => ({ ...v })),
    metadataColumns: content.metadataColumns.map(toColumn),
    metricNames: [...(content.scores?.metrics ?? [])],
    hasLoss: content.scores?.loss ?? false,
    groupField: content.groupField ?? '',
    skippedCount: content.skipped?.length ?? 0,
    skippedSamples: skipped.map(toSkipped),
  };
}

const toSkipped = ({
  split,
  sampleId,
  index,
  reason,
  message,
  metadata,
}: SkippedSample): MessageInitShape<typeof SkippedSampleSchema> => ({
  sample: { split: splitMessage(split), sampleId },
  index,
  fault: { reason, message, metadata: { ...metadata } },
});

const toColumn = ({
  name,
  type,
  distinct,
  missing,
  min,
  max,
  values,
}: MetadataColumn): MessageInitShape<typeof MetadataColumnSchema> => ({
  name,
  type: COLUMN_TYPES[type],
  distinct,
  missing,
  values: [...values],
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

export const shardMessage = ({
  index,
  firstRow,
  rowCount,
  inputs,
  groundTruths,
  visuals,
}: DatasetShard): MessageInitShape<typeof DatasetShardSchema> => ({
  index,
  firstRow,
  rowCount,
  inputs: artifactRefMessage(inputs),
  ...(groundTruths === undefined ? {} : { groundTruths: artifactRefMessage(groundTruths) }),
  ...(visuals === undefined ? {} : { visuals: artifactRefMessage(visuals) }),
});
