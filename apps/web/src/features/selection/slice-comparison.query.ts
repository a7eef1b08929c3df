import type { EvaluationSummary } from '@noema/contracts/noema/training/v1/evaluation_summary';
import { queryOptions, skipToken, useQueries, useQuery } from '@tanstack/react-query';
import { evaluations, slices } from '../../api/clients.js';
import type { ComparedRun } from './compared-run.js';
import { toSubject, unsharedRows } from './slice-sets.js';
import type { Subject } from './subject.js';

const CACHING = { staleTime: Infinity, gcTime: 60_000 };

/** The rows of a slice, which change with its update time. */
export const sliceRowsQuery = (slice: { readonly id: string; readonly updated: string } | undefined) =>
  queryOptions({
    queryKey: ['sliceRows', slice?.id, slice?.updated],
    ...CACHING,
    queryFn:
      slice === undefined
        ? skipToken
        : async ({ signal }) => {
            const got = await slices.getSlice({ sliceId: slice.id }, { signal });
            return toSubject(got.slice?.bitmap ?? new Uint8Array());
          },
  });

/** The rows of a slice; `undefined` until they are loaded. */
export const useSliceRows = (slice: { readonly id: string; readonly updated: string } | undefined) =>
  useQuery(sliceRowsQuery(slice));

const summaryQuery = (
  { runId, output }: Pick<ComparedRun, 'runId' | 'output'>,
  epoch: number,
  subject: Subject | undefined,
) =>
  queryOptions({
    queryKey: ['summary', runId, epoch, output, subject?.key],
    ...CACHING,
    queryFn:
      subject === undefined || subject.count === 0
        ? skipToken
        : async ({ signal }): Promise<EvaluationSummary | null> =>
            (
              await evaluations.compareEvaluations(
                { runId, epoch, output, selection: { bitmap: subject.bitmap } },
                { signal, timeoutMs: 60_000 },
              )
            ).selected ?? null,
  });

/** How the model did on two slices and on what they do not share. */
export function useSliceComparison(
  run: ComparedRun,
  first: Subject | undefined,
  second: Subject | undefined,
) {
  const unshared = first === undefined || second === undefined ? undefined : unsharedRows(first, second);
  const queries = useQueries({
    queries: [first, second, unshared?.first, unshared?.second].map((subject) =>
      summaryQuery(run, run.epoch, subject),
    ),
  });
  const failed = queries.find(({ error }) => error !== null);
  return {
    unshared,
    summaries: queries.map(({ data }) => data ?? undefined),
    error: failed?.error ?? null,
    retry: () => void failed?.refetch(),
  };
}

/** How the model did on a slice after each of some epochs; `undefined` for epochs that are not loaded. */
export function useSliceHistory(run: ComparedRun, epochs: readonly number[], subject: Subject | undefined) {
  const queries = useQueries({ queries: epochs.map((epoch) => summaryQuery(run, epoch, subject)) });
  const failed = queries.find(({ error }) => error !== null);
  return {
    summaries: queries.map(({ data }) => data ?? undefined),
    isPending: subject !== undefined && queries.some(({ isPending }) => isPending),
    error: failed?.error ?? null,
    retry: () => void failed?.refetch(),
  };
}
