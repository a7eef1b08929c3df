import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type JobLogEntrySchema,
  type JobSchema,
  type JobShardSchema,
  JobState as State,
  LogLevel,
  ShardState as ShardStateMessage,
} from '@noema/contracts/noema/jobs/v1/job';
import type { Fault, JobResource, JobState } from '@noema/kernel';
import type { Job } from '../job.js';
import type { JobLogEntry } from '../job-log.js';
import type { JobShard, ShardState } from '../job-shards.js';
import { jobTitle } from '../job-title.js';

export type JobMessage = MessageInitShape<typeof JobSchema>;

const STATES: Readonly<Record<JobState, State>> = {
  queued: State.QUEUED,
  running: State.RUNNING,
  cancelling: State.CANCELLING,
  cancelled: State.CANCELLED,
  succeeded: State.SUCCEEDED,
  failed: State.FAILED,
};

const SHARD_STATES: Readonly<Record<ShardState, ShardStateMessage>> = {
  queued: ShardStateMessage.QUEUED,
  running: ShardStateMessage.RUNNING,
  done: ShardStateMessage.DONE,
  failed: ShardStateMessage.FAILED,
  cancelled: ShardStateMessage.CANCELLED,
};

const LEVELS: Readonly<Record<JobLogEntry['level'], LogLevel>> = {
  info: LogLevel.INFO,
  warning: LogLevel.WARNING,
  error: LogLevel.ERROR,
};

/** The state of a job, or of the resource that it makes, as messages carry it. */
export const jobStateMessage = (state: JobState): State => STATES[state];

/** Why a job failed, as messages carry it. */
export const faultMessage = ({
  reason,
  message,
  metadata,
}: Fault): { reason: string; message: string; metadata: Record<string, string> } => ({
  reason,
  message,
  metadata: { ...metadata },
});

/** Returns the fields of a message that every resource has that a job creates. */
export const jobResourceMessage = ({ id, jobId, state, fault, createTime, readyTime }: JobResource) => ({
  id,
  jobId,
  state: jobStateMessage(state),
  createTime: timestampFromDate(createTime),
  ...(fault && { fault: faultMessage(fault) }),
  ...(readyTime && { readyTime: timestampFromDate(readyTime) }),
});

/** A job as the API of the service shows it. */
export const jobMessage = (service: string, job: Job): JobMessage => ({
  id: job.id,
  service,
  kind: job.kind,
  title: jobTitle(job.kind),
  subjectId: job.subjectId,
  state: STATES[job.state],
  attempt: job.attempt,
  progress: {
    done: job.progress.done,
    total: job.progress.total,
    unit: job.progress.unit,
    stage: job.stage,
    message: job.progress.message,
  },
  shards: job.shards,
  createTime: timestampFromDate(job.createdAt),
  ...(job.fault && { fault: faultMessage(job.fault) }),
  ...(job.startedAt && { startTime: timestampFromDate(job.startedAt) }),
  ...(job.endedAt && { endTime: timestampFromDate(job.endedAt) }),
});

/** A shard as the API of the service shows it. */
export const shardMessage = ({
  stage,
  index,
  state,
  attempt,
  workerId,
  progress,
  fault,
  startedAt,
  endedAt,
}: JobShard): MessageInitShape<typeof JobShardSchema> => ({
  stage,
  index,
  state: SHARD_STATES[state],
  attempt,
  workerId,
  progress: { ...progress, stage },
  ...(fault && { fault: faultMessage(fault) }),
  ...(startedAt && { startTime: timestampFromDate(startedAt) }),
  ...(endedAt && { endTime: timestampFromDate(endedAt) }),
});

/** An entry of a log as the API of the service shows it. */
export const logEntryMessage = ({
  at,
  level,
  message,
  stage,
  shard,
  attempt,
  workerId,
  fault,
}: JobLogEntry): MessageInitShape<typeof JobLogEntrySchema> => ({
  time: timestampFromDate(at),
  level: LEVELS[level],
  message,
  stage,
  shard,
  attempt,
  workerId,
  ...(fault && { fault: faultMessage(fault) }),
});

/** The states of a filter; an unspecified one stands for all. */
export function fromStates(states: readonly State[]): JobState[] {
  if (states.includes(State.UNSPECIFIED)) return [];
  return (Object.keys(STATES) as JobState[]).filter((state) => states.includes(STATES[state]));
}
