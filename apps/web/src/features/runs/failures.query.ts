import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { skipToken, useQuery } from '@tanstack/react-query';
import { evaluations } from '../../api/clients.js';
import { splitName } from '../../parts/address/split.js';

/** The samples of a split with the highest losses, the misclassified ones where the task has such. */
export const useWorstSamples = (
  { id: runId, epochsDone: epoch }: Run,
  split: Split | undefined,
  { most, isClassified }: { readonly most: number; readonly isClassified: boolean },
) =>
  useQuery({
    queryKey: ['worst-samples', runId, epoch, split, isClassified, most],
    staleTime: Infinity,
    queryFn:
      split === undefined || epoch === 0
        ? skipToken
        : ({ signal }) =>
            evaluations.listSampleEvaluations(
              {
                runId,
                epoch,
                filter: `split = ${splitName(split)}${isClassified ? ' AND correct = false' : ''}`,
                pageSize: most,
                orderBy: 'loss desc',
              },
              { signal },
            ),
  });

/** The confusion of the classes in one split of a run. */
export const useConfusion = (
  { id: runId, epochsDone: epoch }: Run,
  version: DatasetVersion | undefined,
  split: Split | undefined,
) =>
  useQuery({
    queryKey: ['confusion', runId, epoch, split],
    staleTime: Infinity,
    queryFn:
      version === undefined || split === undefined || epoch === 0
        ? skipToken
        : async ({ signal }) => {
            const bitmap = new Uint8Array(Math.ceil(version.sampleCount / 8));
            for (const part of version.splits)
              if (part.split === split)
                for (let row = part.firstRow; row < part.firstRow + part.count; row++)
                  bitmap[row >> 3] = bitmap[row >> 3]! | (1 << (row & 7));
            const { selected } = await evaluations.compareEvaluations(
              { runId, epoch, selection: { bitmap } },
              { signal },
            );
            return selected?.confusion ?? [];
          },
  });
