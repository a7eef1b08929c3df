import { Inject, Injectable } from '@nestjs/common';
import { Database, jsonb } from '@noema/postgres';
import type { Selectable } from 'kysely';
import { type ActivationSetTable, type SimilaritySchema, toRef } from '../schema.js';
import type { ActivationSet } from './activation-set.js';
import type { RowMask } from './row-mask.js';

/** Stores announced sets in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class ActivationSetRepository {
  constructor(@Inject(Database) private readonly db: Database<SimilaritySchema>) {}

  async save(set: ActivationSet): Promise<void> {
    await this.db
      .tx()
      .insertInto('activation_set')
      .values({
        id: set.id,
        team_id: set.teamId,
        project_id: set.projectId,
        run_id: set.runId,
        epoch: set.epoch,
        dataset_version_id: set.datasetVersionId,
        perception_space_id: set.perceptionSpaceId,
        sample_count: set.sampleCount,
        dimensions: set.dimensions,
        vectors: jsonb(set.vectors),
        evaluation: jsonb(set.evaluation),
        branch: set.branch,
        branch_start: set.branchStart,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }

  async find(id: string): Promise<ActivationSet | undefined> {
    const row = await this.select(id).executeTakeFirst();
    return row && toSet(row);
  }

  /** True for a set whose epoch a later branch of its run has replaced, as far as its sets are known. */
  async isReplaced({ runId, epoch, branch }: ActivationSet): Promise<boolean> {
    const row = await this.db
      .tx()
      .selectFrom('activation_set')
      .select('id')
      .where('run_id', '=', runId)
      .where('branch', '>', branch)
      .where('branch_start', '<=', epoch)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /**
   * Deletes the sets of epochs that the branch of a set has replaced, with their indexes and graphs, and returns the
   * ids of the jobs that build these.
   */
  async deleteReplaced({ runId, branch, branchStart }: ActivationSet): Promise<string[]> {
    const tx = this.db.tx();
    const replaced = tx
      .selectFrom('activation_set')
      .select('id')
      .where('run_id', '=', runId)
      .where('epoch', '>=', branchStart)
      .where('branch', '<', branch);
    const rows = await tx
      .selectFrom('vector_index')
      .select('job_id')
      .where('activation_set_id', 'in', replaced)
      .union(tx.selectFrom('neighbor_graph').select('job_id').where('activation_set_id', 'in', replaced))
      .execute();
    await tx.deleteFrom('activation_set').where('id', 'in', replaced).execute();
    return rows.map(({ job_id }) => job_id);
  }

  /** Finds a set and keeps others from changing it until the transaction ends. */
  async lock(id: string): Promise<ActivationSet | undefined> {
    const row = await this.select(id).forUpdate().executeTakeFirst();
    return row && toSet(row);
  }

  async setRemoved(id: string, removed: RowMask): Promise<void> {
    await this.db
      .tx()
      .updateTable('activation_set')
      .set({ removed: Buffer.from(removed) })
      .where('id', '=', id)
      .execute();
  }

  private select(id: string) {
    return this.db.tx().selectFrom('activation_set').selectAll().where('id', '=', id);
  }
}

const toSet = (row: Selectable<ActivationSetTable>): ActivationSet => ({
  id: row.id,
  teamId: row.team_id,
  projectId: row.project_id,
  runId: row.run_id,
  epoch: row.epoch,
  datasetVersionId: row.dataset_version_id,
  perceptionSpaceId: row.perception_space_id,
  sampleCount: row.sample_count,
  dimensions: row.dimensions,
  vectors: row.vectors,
  evaluation: toRef(row.evaluation),
  removed: row.removed ?? undefined,
  branch: row.branch,
  branchStart: row.branch_start,
});
