import { Inject, Injectable } from '@nestjs/common';
import { type AnyDatabase, Database, jsonb } from '@noema/postgres';
import { sql } from 'kysely';
import type { EpochRow } from '../schema.js';
import type { Epoch } from './epoch.js';

/** Stores epochs in PostgreSQL; each method takes part in the ambient transaction of a team. */
@Injectable()
export class EpochRepository {
  constructor(@Inject(Database) private readonly db: AnyDatabase) {}

  async insert(epoch: Epoch): Promise<void> {
    await this.db
      .tx()
      .insertInto('epoch')
      .values({
        run_id: epoch.runId,
        epoch: epoch.epoch,
        team_id: this.db.teamId()!,
        splits: jsonb(epoch.splits),
        weights: jsonb(epoch.weights),
        optimizer_state: jsonb(epoch.optimizerState),
        evaluation: jsonb(epoch.evaluation),
        model_version_id: epoch.modelVersionId,
        seconds: epoch.seconds,
        samples_per_second: epoch.samplesPerSecond,
        ended_at: epoch.endTime,
        recorded_responses: jsonb(epoch.recordedResponses),
        partial_reason: epoch.partialReason ?? '',
        graph_fault: jsonb(epoch.graphFault),
        branch: epoch.branch ?? 0,
        branch_start: epoch.branchStart ?? 0,
      })
      .execute();
  }

  /** Epoch 0 is the last one. */
  async find(runId: string, epoch: number): Promise<Epoch | undefined> {
    const epochs = this.db.tx().selectFrom('epoch').selectAll().where('run_id', '=', runId);
    const row = await (epoch === 0 ? epochs : epochs.where('epoch', '=', epoch))
      .orderBy('epoch', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && toEpoch(row as unknown as EpochRow);
  }

  /**
   * Deletes the epochs of lower branches from `firstEpoch` on, and their model versions unless a run started from
   * one.
   */
  async deleteReplaced(runId: string, branch: number, firstEpoch: number): Promise<void> {
    await sql`
      with replaced as (
        delete from epoch where run_id = ${runId} and epoch >= ${firstEpoch} and branch < ${branch}
        returning model_version_id)
      delete from model_version v using replaced r
      where v.id = r.model_version_id and not exists (select from run where model_version_id = v.id)`.execute(
      this.db.tx(),
    );
  }

  /** Lists epochs in order, after the given one. */
  async listAfter(runId: string, epoch: number, limit: number): Promise<readonly Epoch[]> {
    const rows = await this.db
      .tx()
      .selectFrom('epoch')
      .selectAll()
      .where('run_id', '=', runId)
      .where('epoch', '>', epoch)
      .orderBy('epoch')
      .limit(limit)
      .execute();
    return (rows as unknown as EpochRow[]).map(toEpoch);
  }
}

export const toEpoch = (row: EpochRow): Epoch => ({
  runId: row.run_id,
  epoch: row.epoch,
  splits: row.splits,
  weights: row.weights,
  optimizerState: row.optimizer_state ?? undefined,
  evaluation: row.evaluation,
  modelVersionId: row.model_version_id,
  seconds: row.seconds,
  samplesPerSecond: row.samples_per_second,
  endTime: new Date(row.ended_at),
  recordedResponses: row.recorded_responses ?? undefined,
  partialReason: row.partial_reason,
  graphFault: row.graph_fault ?? undefined,
  branch: row.branch,
  branchStart: row.branch_start,
});
