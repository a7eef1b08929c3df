import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { SliceSchema } from '@noema/contracts/noema/datasets/v1/slice';
import type { Slice } from './slice.js';

/** A slice without its rows. */
export const sliceMessage = ({
  id,
  projectId,
  datasetVersionId,
  displayName,
  description,
  filter,
  sampleCount,
  createdBy,
  createTime,
  updateTime,
}: Slice): MessageInitShape<typeof SliceSchema> => ({
  id,
  projectId,
  datasetVersionId,
  displayName,
  description,
  filter,
  sampleCount,
  createdBy,
  createTime: timestampFromDate(createTime),
  updateTime: timestampFromDate(updateTime),
});
