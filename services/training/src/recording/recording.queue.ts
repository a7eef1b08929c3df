import { Inject, Injectable } from '@nestjs/common';
import { JobStore, titledKind } from '@noema/jobs';
import { type BranchEpoch, toShardIndex } from './recording.js';

/** Kind of the jobs that put recorded epochs together. The first stage has a shard for each epoch of a branch. */
export const RECORDING = titledKind('training.recording', 'Record training');

/** Payload of such a job. */
export interface RecordingPayload {
  readonly runId: string;
}

/** Queues the work on recordings; each method takes part in the ambient transaction. */
@Injectable()
export class RecordingQueue {
  constructor(@Inject(JobStore) private readonly jobs: JobStore) {}

  /** Creates the job of a recording, which stays open, and returns its id. */
  create(teamId: string, runId: string): Promise<string> {
    return this.jobs.create({ kind: RECORDING, teamId, subjectId: runId, payload: { runId }, open: true });
  }

  /** Queues an epoch that all writers have ended. */
  addEpoch(jobId: string, at: BranchEpoch): Promise<void> {
    return this.jobs.addShard(jobId, toShardIndex(at));
  }

  /** Lets the job end with its last epoch. */
  close(jobId: string): Promise<void> {
    return this.jobs.close(jobId);
  }
}
