import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactRef } from '@noema/kernel';
import { Database, jsonb } from '@noema/postgres';
import { sql } from 'kysely';
import type { ActivationSet } from './activation-set.js';
import type { RowMask } from './row-mask.js';
import { refOf } from '../schema.js';

interface Row {
  readonly id: string;
  readonly team_id: string;
  readonly project_id: string;
  readonly run_id: string;
  readonly epoch: number;
  readonly dataset_version_id: string;
  readonly perception_space_id: string;
  readonly sample_count: number;
  readonly dimensions: number;
  readonly vectors: ArtifactRef[];
  readonly evaluation: ArtifactRef | null;
  readonly removed: Uint8Array | null;
  readonly branch: number;
  readonly branch_start: number;
}

/** Stores announced sets in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class ActivationSetRepository {
  constructor(@Inject(Database) private readonly db: Database<unknown>) {}

  async save(set: ActivationSet): Promise<void> {
    await sql`
      insert into activation_set (id, team_id, project_id, run_id, epoch, dataset_version_id,
        perception_space_id, sample_count, dimensions, vectors, evaluation, branch, branch_start)
      values (${set.id}, ${set.teamId}, ${set.projectId}, ${set.runId}, ${set.epoch}, ${set.datasetVersionId},
        ${set.perceptionSpaceId},
        ${set.sampleCount}, ${set.dimensions}, ${jsonb(set.vectors)}, ${jsonb(set.evaluation)}, ${set.branch},
        ${set.branchStart})
      on conflict (id) do nothing`.execute(this.db.tx());
  }

  async find(id: string): Promise<ActivationSet | undefined> {
    const { rows } = await sql<Row>`select * from activation_set where id = ${id}`.execute(this.db.tx());
    return rows[0] && toSet(rows[0]);
  }

  /** True for a set whose epoch a later branch of its run has replaced, as far as its sets are known. */
  async isReplaced({ runId, epoch, branch }: ActivationSet): Promise<boolean> {
    const { rows } = await sql`
      select 1 from activation_set
      where run_id = ${runId} and branch > ${branch} and branch_start <= ${epoch} limit 1`.execute(
      this.db.tx(),
    );
    return rows.length > 0;
  }

  /**
   * Deletes the sets of epochs that the branch of a set has replaced, with their indexes and graphs, and returns the
   * ids of the jobs that build these.
   */
  async deleteReplaced({ runId, branch, branchStart }: ActivationSet): Promise<string[]> {
    const replaced = sql`
      select id from activation_set
      where run_id = ${runId} and epoch >= ${branchStart} and branch < ${branch}`;
    const { rows } = await sql<{ job_id: string }>`
      select job_id from vector_index where activation_set_id in (${replaced})
      union select job_id from neighbor_graph where activation_set_id in (${replaced})`.execute(this.db.tx());
    await sql`delete from activation_set where id in (${replaced})`.execute(this.db.tx());
    return rows.map(({ job_id }) => job_id);
  }

  /** Finds a set and keeps others from changing it until the transaction ends. */
  async lock(id: string): Promise<ActivationSet | undefined> {
    const { rows } = await sql<Row>`select * from activation_set where id = ${id} for update`.execute(
      this.db.tx(),
    );
    return rows[0] && toSet(rows[0]);
  }

  async setRemoved(id: string, removed: RowMask): Promise<void> {
    await sql`update activation_set set removed = ${Buffer.from(removed)} where id = ${id}`.execute(
      this.db.tx(),
    );
  }
}

const toSet = (row: Row): ActivationSet => ({
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
  evaluation: refOf(row.evaluation),
  removed: row.removed ?? undefined,
  branch: row.branch,
  branchStart: row.branch_start,
});
