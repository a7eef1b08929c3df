import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { type JobSchema, JobState as State } from '@noema/contracts/noema/jobs/v1/job';
import type { Fault, JobState } from '@noema/kernel';
import type { Job } from '../job.js';

export type JobMessage = MessageInitShape<typeof JobSchema>;

const STATES: Readonly<Record<JobState, State>> = {
  queued: State.QUEUED, running: State.RUNNING, cancelling: State.CANCELLING, cancelled: State.CANCELLED, succeeded: State.SUCCEEDED, failed: State.FAILED,
};

/** The state of a job, or of the resource that it makes, as messages carry it. */
export const jobStateMessage = (state: JobState): State => STATES[state];

/** Why a job failed, as messages carry it. */
export const faultMessage = ({ reason, message, metadata }: Fault): { reason: string; message: string; metadata: Record<string, string> } => ({ reason, message, metadata: { ...metadata } });

/** A job as the API of the service shows it. */
export const jobMessage = (service: string, job: Job): JobMessage => ({
  id: job.id, service, kind: job.kind, subjectId: job.subjectId, state: STATES[job.state], attempt: job.attempt,
  progress: { done: job.progress.done, total: job.progress.total, unit: job.progress.unit, stage: job.stage, message: job.progress.message },
  shards: job.shards,
  createTime: timestampFromDate(job.createdAt),
  ...(job.fault && { fault: faultMessage(job.fault) }),
  ...(job.startedAt && { startTime: timestampFromDate(job.startedAt) }),
  ...(job.endedAt && { endTime: timestampFromDate(job.endedAt) }),
});

/** The states of a filter; an unspecified one stands for all. */
export function fromStates(states: readonly State[]): JobState[] {
  if (states.includes(State.UNSPECIFIED)) return [];
  return (Object.keys(STATES) as JobState[]).filter((state) => states.includes(STATES[state]));
}
