import { JobState, ShardState } from '@noema/contracts/noema/jobs/v1/job';
import { RunState } from '@noema/contracts/noema/training/v1/run';

/** How a state is shown. */
export interface StateLook {
  readonly label: string;
  readonly color: string;
  readonly look: 'waits' | 'works' | 'done' | 'stopped' | 'failed';
}

const unknown: StateLook = { label: 'unknown', color: 'gray', look: 'waits' };
const queued: StateLook = { label: 'queued', color: 'gray', look: 'waits' };
const running: StateLook = { label: 'running', color: 'blue', look: 'works' };
const stopping: StateLook = { label: 'stopping', color: 'yellow', look: 'works' };
const stopped: StateLook = { label: 'stopped', color: 'yellow', look: 'stopped' };
const succeeded: StateLook = { label: 'succeeded', color: 'green', look: 'done' };
const failed: StateLook = { label: 'failed', color: 'red', look: 'failed' };

/** What each state of a job is called and how it looks. */
export const JOB_LOOKS: Readonly<Record<JobState, StateLook>> = {
  [JobState.UNSPECIFIED]: unknown,
  [JobState.QUEUED]: queued,
  [JobState.RUNNING]: running,
  [JobState.CANCELLING]: { ...stopping, label: 'cancelling' },
  [JobState.CANCELLED]: { ...stopped, label: 'cancelled' },
  [JobState.SUCCEEDED]: succeeded,
  [JobState.FAILED]: failed,
};

/** What each state of a run is called and how it looks. */
export const RUN_LOOKS: Readonly<Record<RunState, StateLook>> = {
  [RunState.UNSPECIFIED]: unknown,
  [RunState.QUEUED]: queued,
  [RunState.RUNNING]: running,
  [RunState.STOPPING]: stopping,
  [RunState.STOPPED]: stopped,
  [RunState.SUCCEEDED]: succeeded,
  [RunState.FAILED]: failed,
};

/** What each state of a shard is called and how it looks. */
export const SHARD_LOOKS: Readonly<Record<ShardState, StateLook>> = {
  [ShardState.UNSPECIFIED]: unknown,
  [ShardState.QUEUED]: queued,
  [ShardState.RUNNING]: running,
  [ShardState.DONE]: { ...succeeded, label: 'done' },
  [ShardState.FAILED]: failed,
  [ShardState.CANCELLED]: { ...stopped, label: 'cancelled' },
};

/** True while a job waits or works. */
export const jobIsOpen = (state: JobState): boolean =>
  state === JobState.QUEUED || state === JobState.RUNNING || state === JobState.CANCELLING;

/** True while a run waits or works. */
export const runIsOpen = (state: RunState): boolean =>
  state === RunState.QUEUED || state === RunState.RUNNING || state === RunState.STOPPING;
