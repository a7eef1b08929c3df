import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { useQueries, useQuery } from '@tanstack/react-query';
import { epochs } from '../../api/clients.js';
import { allPages } from '../../parts/pages.js';

const listed = (runId: string) => ({
  queryKey: ['epoch-list', runId],
  queryFn: ({ signal }: { signal: AbortSignal }): Promise<Epoch[]> =>
    allPages(
      (pageToken) => epochs.listEpochs({ runId, pageSize: 500, pageToken }, { signal }),
      (page) => page.epochs,
    ),
  staleTime: 60_000,
});

/** All epochs of a run in order. */
export const useEpochs = (runId: string, { enabled = true }: { enabled?: boolean } = {}) =>
  useQuery({ ...listed(runId), enabled });

/** The existing epochs of several runs, in the order of the ids. */
export const useEpochsOfRuns = (runIds: readonly string[]): readonly (readonly Epoch[])[] =>
  useQueries({ queries: runIds.map(listed), combine: allEpochs });

const NONE: readonly Epoch[] = [];
const allEpochs = (results: readonly { readonly data?: Epoch[] | undefined }[]): (readonly Epoch[])[] =>
  results.map(({ data }) => data ?? NONE);
