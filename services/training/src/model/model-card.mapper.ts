import type { MessageInitShape } from '@bufbuild/protobuf';
import type { WeightStatisticsSchema } from '@noema/contracts/noema/training/v1/model';
import type { WeightStatistics } from './model-card.js';

export const weightStatisticsMessage = ({
  dims,
  finiteCount,
  nanCount,
  infiniteCount,
  zeroCount,
  binCounts,
  ...statistics
}: WeightStatistics): MessageInitShape<typeof WeightStatisticsSchema> => ({
  ...statistics,
  dims: [...dims],
  finiteCount: BigInt(finiteCount),
  nanCount: BigInt(nanCount),
  infiniteCount: BigInt(infiniteCount),
  zeroCount: BigInt(zeroCount),
  binCounts: binCounts.map(BigInt),
});
