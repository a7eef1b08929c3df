import type { JobProgress } from '@noema/contracts/noema/jobs/v1/job';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { jobs } from '../../../api/work-clients.js';
import { useRights } from '../../../parts/role.query.js';
import { jobIsOpen } from '../../../parts/states.js';
import { progressShare, progressText } from '../../../features/jobs/job-kinds.js';

/** How often the job of a map is asked how far it is, in milliseconds. */
const LOOK_MS = 700;

/** How far a map is. */
export interface MapProgress {
  /** `umap layout · 320 of 500 steps`. */
  readonly text: string;
  /** 0 to 1; undefined when unknown. */
  readonly share: number | undefined;
}

const toProgress = (progress: JobProgress | undefined): MapProgress => ({
  text: progressText(progress) || 'waiting for a worker',
  share: progressShare(progress),
});

/** Follows the job of a map by asking; the list of maps says when it is ready. */
export function useMapJob(jobId: string, onChanged: () => void) {
  const { noEdit } = useRights();
  const { data } = useQuery({
    queryKey: ['job', 'projection', jobId],
    queryFn: ({ signal }) => jobs.getJob({ service: 'projection', jobId }, { signal }),
    enabled: jobId !== '',
    refetchInterval: LOOK_MS,
  });
  const cancel = useMutation({
    mutationFn: () => jobs.cancelJob({ service: 'projection', jobId }),
    onSettled: onChanged,
  });
  const ended = data?.job !== undefined && !jobIsOpen(data.job.state);
  useEffect(() => {
    if (ended) onChanged();
  }, [ended, onChanged]);
  return {
    progress: toProgress(data?.job?.progress),
    cancel: () => {
      cancel.mutate();
    },
    noCancel: noEdit ?? (jobId === '' ? 'It waits for the map of the epoch before.' : undefined),
  };
}
