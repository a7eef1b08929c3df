import type { JobStore, Json } from '@noema/jobs';
import type { IngestionJobs, IngestionOrder } from '../dataset-version/dataset-version.ports.js';
import { INGEST } from './ingestion.worker.js';

/** Ingestions in the queue of this service. */
export class QueuedIngestions implements IngestionJobs {
  constructor(private readonly jobs: JobStore) {}

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
