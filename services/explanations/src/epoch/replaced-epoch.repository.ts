import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@noema/postgres';
import { sql } from 'kysely';
import type { ExplanationsSchema } from '../schema.js';

/** A branch of a recorded run. */
export interface Branch {
  readonly runId: string;
  /** From 1. */
  readonly branch: number;
  /** First epoch of the branch. */
  readonly branchStart: number;
}

/** Tables of results of one epoch of a run. `source` has the branch of the epoch, if it is not 0. */
const TABLES = ['analysis', 'similarity_analysis', 'selection_analysis', 'sanity_check'] as const;

/** Deletes explanations of replaced epochs, in the ambient transaction of a team. */
@Injectable()
export class ReplacedEpochRepository {
  constructor(@Inject(Database) private readonly db: Database<ExplanationsSchema>) {}

  /** Returns the ids of the jobs of what it deletes. */
  async delete({ runId, branch, branchStart }: Branch): Promise<string[]> {
    const jobIds: string[] = [];
    for (const table of TABLES) {
      const rows = await this.db
        .tx()
        .deleteFrom(table)
        .where('run_id', '=', runId)
        .where('epoch', '>=', branchStart)
        .where(sql<number>`coalesce((source ->> 'branch')::int, 0)`, '<', branch)
        .returning('job_id')
        .execute();
      jobIds.push(...rows.map(({ job_id }) => job_id));
    }
    // The process that serves the old weights learns this with its next message, and has to show them again.
    await this.db
      .tx()
      .deleteFrom('served_model')
      .where('run_id', '=', runId)
      .where('epoch', '>=', branchStart)
      .where('branch', '<', branch)
      .execute();
    return jobIds;
  }
}
