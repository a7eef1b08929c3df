import { create } from '@bufbuild/protobuf';
import { JOB_SERVICES } from '@noema/contracts/job-services';
import { type GetJobResponse, GetJobResponseSchema } from '@noema/contracts/noema/jobs/v1/job_service';
import type { Job } from '@noema/contracts/noema/jobs/v1/job';
import {
  keepPreviousData,
  useQueries,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import { jobs } from '../../api/work-clients.js';
import { allPages } from '../../parts/pages.js';
import { toMs } from '../../parts/instants.js';
import { useLive } from '../../parts/live.js';
import { jobIsOpen } from '../../parts/states.js';
import { MOVING_MS } from '../runs/run.query.js';

/** Newest jobs of each service that are looked through. */
const NEWEST = 200;

/** Open and ended jobs of the services. */
export interface JobList {
  /** Newest first. */
  readonly jobs: readonly Job[];
  /** Services that did not answer, with why. */
  readonly faults: readonly { readonly service: string; readonly error: Error }[];
  readonly loading: boolean;
}

/**
 * The newest jobs of the team in all services; requested again while one is at work or has just ended. A
 * service that does not answer takes only its own jobs away.
 */
export function useJobs(): JobList {
  const client = useQueryClient();
  const interval = (): number | false =>
    client
      .getQueriesData<{ jobs: Job[] }>({ queryKey: ['job-list'] })
      .some(([, page]) => page?.jobs.some(moves) === true)
      ? MOVING_MS
      : false;
  return useQueries({
    queries: JOB_SERVICES.map((service) => ({
      queryKey: ['job-list', service],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        jobs.listJobs({ service, pageSize: NEWEST }, { signal }),
      refetchInterval: interval,
      refetchOnWindowFocus: true,
    })),
    combine: merged,
  });
}

/** How long after a job the next one of its chain is waited for, in milliseconds. */
const CHAIN_MS = 20_000;

const moves = (job: Job): boolean => jobIsOpen(job.state) || Date.now() - (toMs(job.endTime) ?? 0) < CHAIN_MS;

function merged(results: readonly UseQueryResult<{ jobs: Job[] }>[]): JobList {
  const seconds = (job: Job): number =>
    Number(job.createTime?.seconds ?? 0) + (job.createTime?.nanos ?? 0) / 1e9;
  return {
    jobs: results.flatMap(({ data }) => data?.jobs ?? []).sort((a, b) => seconds(b) - seconds(a)),
    faults: results.flatMap(({ error, data }, at) =>
      error !== null && data === undefined ? [{ service: JOB_SERVICES[at] ?? '', error }] : [],
    ),
    loading: results.some(({ isPending, fetchStatus }) => isPending && fetchStatus !== 'idle'),
  };
}

/** A job of a service and its address. */
export interface JobAddress {
  readonly service: string;
  readonly jobId: string;
}

/**
 * The current state of a job, followed while it waits or works; `lost` while the server cannot be reached.
 */
export function useLiveJob({ service, jobId }: JobAddress): {
  readonly query: UseQueryResult<GetJobResponse>;
  readonly lost: boolean;
} {
  const client = useQueryClient();
  const key = ['job', service, jobId];
  const known = client.getQueryData<GetJobResponse>(key)?.job;
  const live = useLive(
    known !== undefined && jobIsOpen(known.state) ? `job/${service}/${jobId}` : undefined,
    (signal) => jobs.watchJob({ service, jobId }, { signal }),
    ({ job }) => {
      if (job === undefined) return;
      const before = client.getQueryData<GetJobResponse>(key)?.job;
      client.setQueryData(key, create(GetJobResponseSchema, { job }));
      if (
        before?.state !== job.state ||
        before.shards?.done !== job.shards?.done ||
        before.progress?.stage !== job.progress?.stage
      )
        void client.invalidateQueries({ queryKey: ['job-parts', service, jobId] });
    },
  );
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => jobs.getJob({ service, jobId }, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.job !== undefined && jobIsOpen(state.data.job.state) && live !== 'live' ? MOVING_MS : false,
  });
  return { query, lost: live === 'lost' };
}

/** The shards of a job by stage and number; requested again while it works. */
export const useJobShards = ({ service, jobId }: JobAddress, open: boolean) =>
  useQuery({
    queryKey: ['job-parts', service, jobId, 'shards'],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => jobs.listJobShards({ service, jobId, pageSize: 1_000, pageToken }, { signal }),
        (page) => page.shards,
      ),
    refetchInterval: open ? 2_000 : false,
    placeholderData: keepPreviousData,
  });

/** The events of a job, oldest first; requested again while it works. */
export const useJobLog = ({ service, jobId }: JobAddress, open: boolean) =>
  useQuery({
    queryKey: ['job-parts', service, jobId, 'log'],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => jobs.listJobLogEntries({ service, jobId, pageSize: 1_000, pageToken }, { signal }),
        (page) => page.entries,
      ),
    refetchInterval: open ? 2_000 : false,
    placeholderData: keepPreviousData,
  });
