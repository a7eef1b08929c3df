import { Inject, Injectable } from '@nestjs/common';
import { JobStore, type Json, titledKind, toJson } from '@noema/jobs';
import type { IngestionOrder } from './ingestion.js';

/** Kind of the jobs that ingest. */
export const INGEST = titledKind('datasets.ingest', 'Ingest data');

/** An order as a job has it. */
export type Payload = IngestionOrder & { readonly [key: string]: Json };

/** Returns the order of a job. Orders of versions before know modules only, and skip no sample. */
export const toOrder = (payload: Payload): IngestionOrder => ({
  ...{ bundle: null, wheels: [], data: null, uploadId: null, hosts: [], secrets: [], maxSkippedShare: 0 },
  ...payload,
});

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
      payload: toJson(order),
    });
  }

  async cancel(teamId: string, jobId: string): Promise<void> {
    await this.jobs.cancel(teamId, jobId);
  }
}
