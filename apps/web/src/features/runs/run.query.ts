import { create } from '@bufbuild/protobuf';
import type { Run, RunProgress } from '@noema/contracts/noema/training/v1/run';
import { type GetRunResponse, GetRunResponseSchema } from '@noema/contracts/noema/training/v1/run_service';
import {
  type QueryClient,
  skipToken,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import { runs } from '../../api/clients.js';
import { allPages } from '../../parts/pages.js';
import { useLive } from '../../parts/live.js';
import { runIsOpen } from '../../parts/states.js';
import { type BatchLoss, withProgress } from './batch-losses.js';

/** How often lists are requested again while something in them moves, in milliseconds. */
export const MOVING_MS = 3_000;

/**
 * The current state of a run, followed while it waits or works; `progress` is of the epoch in work; `lost`
 * while the server cannot be reached.
 */
export interface LiveRun {
  readonly query: UseQueryResult<GetRunResponse>;
  readonly run: Run | undefined;
  readonly progress: RunProgress | undefined;
  readonly lost: boolean;
}

/**
 * Follows a run; all components that do share one stream. Without the stream the run is requested at
 * intervals.
 */
export function useLiveRun(runId: string): LiveRun {
  const client = useQueryClient();
  const known = client.getQueryData<GetRunResponse>(['run', runId])?.run;
  const live = useLive(
    known !== undefined && runIsOpen(known.state) ? `run/${runId}` : undefined,
    (signal) => runs.watchRun({ runId }, { signal }),
    ({ run, progress }) => {
      if (run !== undefined) writeRun(client, run);
      client.setQueryData(['run-progress', runId], progress ?? null);
      if (progress !== undefined)
        client.setQueryData<readonly BatchLoss[]>(['run-batches', runId], (before) =>
          withProgress(before, progress),
        );
    },
  );
  const query = useQuery({
    queryKey: ['run', runId],
    queryFn: ({ signal }) => runs.getRun({ runId }, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.run !== undefined && runIsOpen(state.data.run.state) && live !== 'live' ? MOVING_MS : false,
  });
  const progress = useQuery<RunProgress | null>({
    queryKey: ['run-progress', runId],
    queryFn: skipToken,
    enabled: false,
  });
  const run = query.data?.run;
  return {
    query,
    run,
    progress: run !== undefined && runIsOpen(run.state) ? (progress.data ?? undefined) : undefined,
    lost: live === 'lost',
  };
}

/** The losses within epochs as far as this page followed them, rising. */
export function useBatchLosses(runId: string): readonly BatchLoss[] {
  return (
    useQuery<readonly BatchLoss[]>({ queryKey: ['run-batches', runId], queryFn: skipToken, enabled: false })
      .data ?? NONE
  );
}

const NONE: readonly BatchLoss[] = [];

/** Puts what is known of a run where all look for it, and has dependent data requested again. */
export function writeRun(client: QueryClient, run: Run): void {
  const before = client.getQueryData<GetRunResponse>(['run', run.id])?.run;
  client.setQueryData(['run', run.id], create(GetRunResponseSchema, { run }));
  client.setQueryData<Run[]>(['run-list', run.projectId], (list) =>
    list?.map((other) => (other.id === run.id ? run : other)),
  );
  if (before?.epochsDone === run.epochsDone && before.state === run.state) return;
  for (const what of ['epoch-list', 'run-lineage'])
    void client.invalidateQueries({ queryKey: [what, run.id] });
  void client.invalidateQueries({ queryKey: ['job-list'] });
}

/** All runs of a project, newest first. */
export const useRuns = (projectId: string) =>
  useQuery({
    queryKey: ['run-list', projectId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => runs.listRuns({ projectId, pageSize: 500, pageToken }, { signal }),
        (page) => page.runs,
      ),
    refetchInterval: ({ state }) =>
      state.data?.some((run) => runIsOpen(run.state)) === true ? MOVING_MS : false,
    refetchOnWindowFocus: true,
  });
