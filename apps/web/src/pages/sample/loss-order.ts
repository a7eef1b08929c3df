import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';

/** Where to find a neighbor in the order of the loss: the first entry that meets the filter in that order. */
export interface NeighborQuery {
  readonly filter: string;
  readonly orderBy: string;
}

type Place = Pick<SampleEvaluation, 'row' | 'loss' | 'hasLoss'>;

/**
 * The sample just before, with a higher loss; of equal losses the lower row is first. Samples without a loss
 * are in the order of their rows.
 */
export const before = ({ row, loss, hasLoss }: Place): NeighborQuery =>
  hasLoss
    ? { filter: `loss > ${loss} OR (loss = ${loss} AND row < ${row})`, orderBy: 'loss' }
    : { filter: `row < ${row}`, orderBy: 'row desc' };

/** The sample just after, with a lower loss. */
export const after = ({ row, loss, hasLoss }: Place): NeighborQuery =>
  hasLoss
    ? { filter: `loss < ${loss} OR (loss = ${loss} AND row > ${row})`, orderBy: 'loss desc' }
    : { filter: `row > ${row}`, orderBy: 'row' };
