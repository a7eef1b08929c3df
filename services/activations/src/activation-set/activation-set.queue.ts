import { Inject, Injectable } from '@nestjs/common';
import { JobStore, titledKind } from '@noema/jobs';

/** Kind of the jobs that create activation sets. */
export const ACTIVATION_SET = titledKind('activations.extract', 'Collect responses');

/** Queues the jobs that create activation sets. */
@Injectable()
export class ActivationSetQueue {
  constructor(@Inject(JobStore) private readonly jobs: JobStore) {}

  /** Cancels the jobs of sets that were deleted, in the ambient transaction. */
  async cancel(teamId: string, jobIds: readonly string[]): Promise<void> {
    for (const id of jobIds) await this.jobs.cancel(teamId, id);
  }

  /** Queues the job of a set in the ambient transaction and returns its id. */
  queue(teamId: string, setId: string): Promise<string> {
    return this.jobs.create({ kind: ACTIVATION_SET, teamId, subjectId: setId, payload: { setId } });
  }
}
