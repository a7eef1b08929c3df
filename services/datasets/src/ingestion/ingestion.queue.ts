import { Inject, Injectable } from '@nestjs/common';
import { JobStore, type Json, titledKind } from '@noema/jobs';
import type { IngestionOrder } from './ingestion.js';

/** Kind of the jobs that ingest. */
export const INGEST = titledKind('datasets.ingest', 'Ingest data');

/** Queues the jobs that ingest. */
@Injectable()
export class IngestionQueue {
  constructor(@Inject(JobStore) private readonly jobs: JobStore) {}

  /** Queues an ingestion in the ambient transaction and returns the id of its job. */
  start(teamId: string, order: IngestionOrder): Promise<string> {
    return this.jobs.create({
      kind: INGEST,
      teamId,
      subjectId: order.ingestionId,
      payload: { ...order } as unknown as Json,
    });
  }

  async cancel(teamId: string, jobId: string): Promise<void> {
    await this.jobs.cancel(teamId, jobId);
  }
}
