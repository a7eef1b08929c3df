import type { MessageInitShape } from '@bufbuild/protobuf';
import { splitMessage } from '@noema/contracts';
import type { SampleSchema } from '@noema/contracts/noema/datasets/v1/sample';
import type { Sample } from '../domain/sample.js';

export const sampleMessage = ({ split, sampleId, row, classIndex, className, metadata }: Sample): MessageInitShape<typeof SampleSchema> =>
  ({ ref: { split: splitMessage(split), sampleId }, row, classIndex, className, metadata: { ...metadata } });
