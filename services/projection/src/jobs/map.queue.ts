import type { JobStore } from '@noema/jobs';
import type { MapQueue } from '../domain/exploration.ports.js';

export const MAP = 'projection.map';
export const LOOK = 'projection.look';

/** Seconds between two looks: 1, 2, 4, … at most 30. */
const delayOf = (tries: number): number => Math.min(30_000, 1_000 * 2 ** tries);

export class JobMapQueue implements MapQueue {
  constructor(private readonly jobs: JobStore) {}

  make(teamId: string, explorationId: string): Promise<string> {
    return this.jobs.create({ kind: MAP, teamId, subjectId: explorationId, payload: { explorationId } });
  }

  async look(teamId: string, explorationId: string, tries: number): Promise<void> {
    await this.jobs.create({
      kind: LOOK,
      teamId,
      subjectId: explorationId,
      payload: { explorationId, tries },
      delayMs: delayOf(tries),
    });
  }

  async cancel(teamId: string, jobId: string): Promise<void> {
    await this.jobs.cancel(teamId, jobId);
  }
}
