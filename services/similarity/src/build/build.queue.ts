import { Inject, Injectable } from '@nestjs/common';
import { JobStore, titledKind } from '@noema/jobs';
import type { BuildPayload } from './build.js';

/** Kind of the jobs that build indexes and neighbour graphs. */
export const BUILD = titledKind('similarity.build', 'Find neighbors');

/** Queues the jobs that build indexes and neighbour graphs. */
@Injectable()
export class BuildQueue {
  constructor(@Inject(JobStore) private readonly jobs: JobStore) {}

  /** Queues a job in the ambient transaction and returns its id. */
  queue(teamId: string, payload: BuildPayload, shards = 1): Promise<string> {
    const subjectId = payload.activationSetId;
    return this.jobs.create({ kind: BUILD, teamId, subjectId, payload: { ...payload }, shards });
  }

  /** Cancels the jobs of indexes and graphs that were deleted, in the ambient transaction. */
  async cancel(teamId: string, jobIds: readonly string[]): Promise<void> {
    for (const id of jobIds) await this.jobs.cancel(teamId, id);
  }
}
