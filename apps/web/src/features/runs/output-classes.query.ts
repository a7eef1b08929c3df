import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { skipToken, useQuery } from '@tanstack/react-query';
import { evaluations } from '../../api/clients.js';

/** Names of the classes of an output; none where the data name the classes of another one. */
export const readOutputClasses = async (
  of: { readonly runId: string; readonly epoch: number; readonly output: string },
  signal: AbortSignal,
): Promise<readonly string[]> =>
  (await evaluations.compareEvaluations({ ...of, selection: { bitmap: Uint8Array.of(1) } }, { signal }))
    .classNames;

/**
 * Names of the classes of an output after an epoch: the names in the data, or none where they name the classes of
 * another output. The first output, called '', has them without a request.
 */
export const useOutputClasses = (
  runId: string,
  epoch: number | undefined,
  version: DatasetVersion | undefined,
  output: string,
) =>
  useQuery({
    queryKey: ['output-classes', runId, epoch, version?.id, output],
    staleTime: Infinity,
    queryFn:
      version === undefined || epoch === undefined
        ? skipToken
        : async ({ signal }) =>
            output === '' ? version.classNames : readOutputClasses({ runId, epoch, output }, signal),
  });
