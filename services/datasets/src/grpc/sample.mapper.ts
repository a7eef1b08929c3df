import type { MessageInitShape } from '@bufbuild/protobuf';
import type { SampleSchema } from '@noema/contracts/noema/datasets/v1/sample';
import type { Sample } from '../domain/sample.js';
import { toSplit } from './split.mapper.js';

export const toSampleMessage = ({ split, sampleId, row, classIndex, className, metadata }: Sample): MessageInitShape<typeof SampleSchema> =>
  ({ ref: { split: toSplit(split), sampleId }, row, classIndex, className, metadata: { ...metadata } });
