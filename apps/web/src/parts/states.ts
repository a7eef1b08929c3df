import { JobState, ShardState } from '@noema/contracts/noema/jobs/v1/job';
import { RunState } from '@noema/contracts/noema/training/v1/run';

/** How a state is shown. */
export interface StateStyle {
  readonly label: string;
  readonly color: string;
  readonly look: 'waits' | 'works' | 'done' | 'stopped' | 'failed';
}

const unknown: StateStyle = { label: 'unknown', color: 'gray', look: 'waits' };
const queued: StateStyle = { label: 'queued', color: 'gray', look: 'waits' };
const running: StateStyle = { label: 'running', color: 'blue', look: 'works' };
const stopping: StateStyle = { label: 'stopping', color: 'yellow', look: 'works' };
const stopped: StateStyle = { label: 'stopped', color: 'yellow', look: 'stopped' };
const succeeded: StateStyle = { label: 'succeeded', color: 'green', look: 'done' };
const failed: StateStyle = { label: 'failed', color: 'red', look: 'failed' };

/** Name and style of each state of a job. */
export const JOB_LOOKS: Readonly<Record<JobState, StateStyle>> = {
  [JobState.UNSPECIFIED]: unknown,
  [JobState.QUEUED]: queued,
  [JobState.RUNNING]: running,
  [JobState.CANCELLING]: { ...stopping, label: 'cancelling' },
  [JobState.CANCELLED]: { ...stopped, label: 'cancelled' },
  [JobState.SUCCEEDED]: succeeded,
  [JobState.FAILED]: failed,
};

/** Name and style of each state of a run. */
export const RUN_LOOKS: Readonly<Record<RunState, StateStyle>> = {
  [RunState.UNSPECIFIED]: unknown,
  [RunState.QUEUED]: queued,
  [RunState.RUNNING]: running,
  [RunState.STOPPING]: stopping,
  [RunState.STOPPED]: stopped,
  [RunState.SUCCEEDED]: succeeded,
  [RunState.FAILED]: failed,
};

/** Name and style of each state of a shard. */
export const SHARD_LOOKS: Readonly<Record<ShardState, StateStyle>> = {
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
