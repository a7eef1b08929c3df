import { JOB_SERVICES } from '@noema/contracts';
import { type Job, JobState } from '@noema/contracts/noema/jobs/v1/job';
import * as z from 'zod';
import type { Value } from '../answer/answer.js';
import { DataText } from '../answer/fence.js';
import { formatFault, formatJobState, formatTime } from '../format.js';
import * as inputs from '../inputs.js';
import { defineTool } from '../tool.js';

const STATES = {
  active: [JobState.QUEUED, JobState.RUNNING, JobState.CANCELLING],
  failed: [JobState.FAILED],
  ended: [JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED],
  all: [],
} as const;
const PAGE_SIZE = 50;

const input = z.strictObject({
  state: z.enum(['active', 'failed', 'ended', 'all']).default('active').describe('jobs to list'),
  service: z
    .enum(JOB_SERVICES)
    .optional()
    .describe('only jobs of this service; default: the newest of each service'),
  subject: z.uuid().optional().describe('only jobs of this run, dataset, map or analysis'),
  cursor: inputs.cursor,
});

export const jobs = defineTool({
  name: 'jobs',
  title: 'Jobs',
  description:
    'Lists the work of the team that waits, runs or ended: ingestion, training, maps, analyses; with ' +
    'progress and faults. Without a service it returns the 50 newest of each; name a service to continue ' +
    'further back.',
  input,
  readsOnly: true,
  async run({ platform }, { state, service, subject }, { token }) {
    const pages = await Promise.all(
      (service === undefined ? JOB_SERVICES : [service]).map((name) =>
        platform.jobs.listJobs({
          service: name,
          states: [...STATES[state]],
          subjectId: subject ?? '',
          pageSize: PAGE_SIZE,
          pageToken: service === undefined ? '' : token,
        }),
      ),
    );
    const created = ({ createTime }: Job): number => Number(createTime?.seconds ?? 0n);
    const all = pages.flatMap((page) => page.jobs).sort((a, b) => created(b) - created(a));
    return {
      facts: { state, service },
      list: {
        items: all.map(formatJob),
        token,
        nextToken: service === undefined ? '' : pages[0]!.nextPageToken,
        whenEmpty: {
          reason:
            state === 'active'
              ? 'no work waits or runs'
              : `there are no ${state === 'all' ? '' : `${state} `}jobs`,
          next_step:
            state === 'active'
              ? 'results are ready; look at failed jobs if one is missing'
              : 'list active jobs',
        },
      },
    };
  },
});

const formatJob = (job: Job): Value => ({
  service: job.service,
  id: job.id,
  kind: job.kind,
  title: job.title,
  subject: job.subjectId,
  state: formatJobState(job.state),
  progress: job.progress && {
    done: job.progress.done,
    total: job.progress.total,
    unit: job.progress.unit,
    message: new DataText(job.progress.message),
  },
  fault: formatFault(job.fault),
  created: formatTime(job.createTime),
  ended: formatTime(job.endTime),
});
