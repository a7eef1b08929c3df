import type { MessageInitShape } from '@bufbuild/protobuf';
import { splitMessage } from '@noema/contracts';
import type { MetadataDifferenceSchema } from '@noema/contracts/noema/datasets/v1/metadata_difference';
import type { SampleSchema } from '@noema/contracts/noema/datasets/v1/sample';
import { COLUMN_TYPES } from '../dataset-version/dataset-version.mapper.js';
import type { MetadataDifference } from './metadata-difference.js';
import type { Sample } from './sample.js';

export const sampleMessage = ({
  split,
  sampleId,
  row,
  classIndex,
  className,
  metadata,
}: Sample): MessageInitShape<typeof SampleSchema> => ({
  ref: { split: splitMessage(split), sampleId },
  row,
  classIndex,
  className,
  metadata: { ...metadata },
});

export const metadataDifferenceMessage = ({
  name,
  type,
  difference,
  pValue,
  selectedMean,
  restMean,
  bins,
}: MetadataDifference): MessageInitShape<typeof MetadataDifferenceSchema> => ({
  name,
  type: COLUMN_TYPES[type],
  difference,
  pValue,
  selectedMean,
  restMean,
  bins: bins.map(({ value, low, high, selected, rest }) => ({
    value,
    low,
    high,
    selectedCount: selected,
    restCount: rest,
  })),
});
