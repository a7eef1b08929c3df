import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { artifactRefMessage, splitMessage } from '@noema/contracts';
import type { EpochSchema } from '@noema/contracts/noema/training/v1/epoch';
import { faultMessage } from '@noema/jobs';
import type { Epoch } from './epoch.js';

export const epochMessage = ({
  runId,
  epoch,
  splits,
  weights,
  optimizerState,
  evaluation,
  modelVersionId,
  seconds,
  samplesPerSecond,
  endTime,
  recordedResponses,
  partialReason = '',
  graphFault,
  branch = 0,
  branchStart = 0,
}: Epoch): MessageInitShape<typeof EpochSchema> => ({
  runId,
  epoch,
  modelVersionId,
  seconds,
  samplesPerSecond,
  weights: artifactRefMessage(weights),
  evaluation: artifactRefMessage(evaluation),
  endTime: timestampFromDate(endTime),
  splits: splits.map(({ split, sampleCount, loss, metrics }) => ({
    split: splitMessage(split),
    sampleCount,
    loss,
    metrics: metrics.map((metric) => ({ ...metric })),
  })),
  partialReason,
  branch,
  branchStart,
  ...(graphFault && { graphFault: faultMessage(graphFault) }),
  ...(recordedResponses && { recordedResponses: artifactRefMessage(recordedResponses) }),
  ...(optimizerState && { optimizerState: artifactRefMessage(optimizerState) }),
});
