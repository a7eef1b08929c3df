import type { JobStore } from './job-store.js';

/**
 * Queues jobs of one kind, each of which creates one resource. The jobs of a team take turns, so that none of
 * them waits for another to end.
 */
export class ResourceQueue {
  constructor(
    private readonly jobs: JobStore,
    private readonly kind: string,
  ) {}

  /** Queues the job of a resource in the ambient transaction and returns the id of the job. */
  queue(teamId: string, resourceId: string, shards: number): Promise<string> {
    const { kind } = this;
    const payload = { id: resourceId, shards };
    return this.jobs.create({ kind, teamId, subjectId: resourceId, payload, shards, takesTurns: true });
  }
}
