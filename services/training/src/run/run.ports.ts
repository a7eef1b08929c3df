import type { ArtifactRef, Page, PageQuery } from '@noema/kernel';
import type { Epoch, Run } from './run.js';

/** A run as it is first written; the rest follows from its job and its epochs. */
export type NewRun = Pick<
  Run,
  | 'id'
  | 'projectId'
  | 'displayName'
  | 'datasetVersionId'
  | 'modelVersionId'
  | 'settings'
  | 'jobId'
  | 'engine'
  | 'createTime'
>;

/** Runs and epochs; all calls take part in the ambient transaction. */
export interface RunRepository {
  insert(run: NewRun): Promise<void>;
  find(id: string): Promise<Run | undefined>;
  page(projectId: string, query: PageQuery): Promise<Page<Run>>;
  /** Runs of the project, to number the next. */
  count(projectId: string): Promise<number>;
  rename(id: string, displayName: string): Promise<void>;
  setEpochs(id: string, epochs: number): Promise<void>;
  remove(id: string): Promise<void>;
  insertEpoch(epoch: Epoch): Promise<void>;
  /** Epoch 0 is the last one. */
  findEpoch(runId: string, epoch: number): Promise<Epoch | undefined>;
  /** Epochs in order, after the given one. */
  epochsAfter(runId: string, epoch: number, limit: number): Promise<readonly Epoch[]>;
}

/** What the jobs of runs can be told. */
export interface RunJobs {
  /** Queues the run in the ambient transaction and returns the job's id. */
  start(teamId: string, runId: string): Promise<string>;
  stop(teamId: string, jobId: string): Promise<void>;
  resume(teamId: string, jobId: string): Promise<void>;
  /** Gives a sign now and after every change of the job, until it has ended. */
  changes(teamId: string, jobId: string, stop: AbortSignal): AsyncIterable<unknown>;
}

/** What a run announces, in the ambient transaction. */
export interface RunEvents {
  epochCompleted(run: Run, epoch: Epoch, topology: ArtifactRef): Promise<void>;
  finished(run: Run): Promise<void>;
}
