import { Inject, Injectable } from '@nestjs/common';
import { JobStore, titledKind } from '@noema/jobs';

/** Kind of the jobs that create activation sets. */
export const ACTIVATION_SET = titledKind('activations.extract', 'Collect responses');

/** Queues the jobs that create activation sets. */
@Injectable()
export class ActivationSetQueue {
  constructor(@Inject(JobStore) private readonly jobs: JobStore) {}

  /** Queues the job of a set in the ambient transaction and returns its id. */
  queue(teamId: string, setId: string): Promise<string> {
    return this.jobs.create({ kind: ACTIVATION_SET, teamId, subjectId: setId, payload: { setId } });
  }
}
