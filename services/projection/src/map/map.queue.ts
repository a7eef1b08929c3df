import { Inject, Injectable } from '@nestjs/common';
import { JobStore, titledKind } from '@noema/jobs';

/** Kind of the jobs that make maps. */
export const MAP = titledKind('projection.map', 'Draw map');

export interface MapPayload {
  readonly explorationId: string;
}

/** Queues the jobs that make maps. */
@Injectable()
export class MapQueue {
  constructor(@Inject(JobStore) private readonly jobs: JobStore) {}

  /** Queues the job of a map in the ambient transaction and returns its id. */
  queue(teamId: string, explorationId: string): Promise<string> {
    return this.jobs.create({ kind: MAP, teamId, subjectId: explorationId, payload: { explorationId } });
  }

  async cancel(teamId: string, jobId: string): Promise<void> {
    await this.jobs.cancel(teamId, jobId);
  }
}
