import { Inject, Injectable } from '@nestjs/common';
import { JobStore, titledKind } from '@noema/jobs';

/** Kind of the jobs that decide whether a waiting map may begin. */
export const LOOK = titledKind('projection.look', 'Look at the population');

export interface LookPayload {
  readonly explorationId: string;
  /** Earlier looks for the same map. */
  readonly tries: number;
}

/** Milliseconds before a look: 1,000, 2,000, 4,000, … at most 30,000. */
const computeDelay = (tries: number): number => Math.min(30_000, 1_000 * 2 ** tries);

/** Queues the jobs that decide whether a waiting map may begin. */
@Injectable()
export class LineageQueue {
  constructor(@Inject(JobStore) private readonly jobs: JobStore) {}

  /** Queues a look in the ambient transaction; later, the more looks there were. */
  async queue(teamId: string, explorationId: string, tries: number): Promise<void> {
    await this.jobs.create({
      kind: LOOK,
      teamId,
      subjectId: explorationId,
      payload: { explorationId, tries },
      delayMs: computeDelay(tries),
    });
  }
}
