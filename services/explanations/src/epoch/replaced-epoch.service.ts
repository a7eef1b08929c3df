import { Inject, Injectable } from '@nestjs/common';
import { JobStore } from '@noema/jobs';
import type { UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { type Branch, ReplacedEpochRepository } from './replaced-epoch.repository.js';

/** Deletes explanations of epochs that a branch of a recorded run has replaced. */
@Injectable()
export class ReplacedEpochService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ReplacedEpochRepository) private readonly replaced: Pick<ReplacedEpochRepository, 'delete'>,
    @Inject(JobStore) private readonly jobs: Pick<JobStore, 'cancel'>,
  ) {}

  /** Deletes the results of lower branches from the first epoch of a branch on, and cancels their jobs. */
  async delete(teamId: string, branch: Branch): Promise<void> {
    await this.unitOfWork.run(teamId, async () => {
      for (const jobId of await this.replaced.delete(branch)) await this.jobs.cancel(teamId, jobId);
    });
  }
}
