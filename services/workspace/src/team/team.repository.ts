import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { WorkspaceSchema } from '../schema.js';
import type { Team } from './team.js';

const toTeam = (row: Selectable<WorkspaceSchema['team']>): Team => ({
  id: row.team_id,
  displayName: row.display_name,
  createTime: row.created_at,
  updateTime: row.updated_at,
  quota: {
    maxProjects: row.max_projects,
    maxQueuedJobs: row.max_queued_jobs,
    maxStoredBytes: BigInt(row.max_stored_bytes),
    maxSamples: BigInt(row.max_samples),
    maxRunningJobs: row.max_running_jobs,
    maxGpuSeconds: BigInt(row.max_gpu_seconds),
    maxRequestsPerMinute: row.max_requests_per_minute,
  },
});

const fromTeam = (team: Team) => ({
  display_name: team.displayName,
  max_projects: team.quota.maxProjects,
  max_queued_jobs: team.quota.maxQueuedJobs,
  max_stored_bytes: team.quota.maxStoredBytes,
  max_samples: team.quota.maxSamples,
  max_running_jobs: team.quota.maxRunningJobs,
  max_gpu_seconds: team.quota.maxGpuSeconds,
  max_requests_per_minute: team.quota.maxRequestsPerMinute,
  updated_at: team.updateTime,
});

/** Stores the team of the ambient transaction. */
@Injectable()
export class TeamRepository {
  constructor(@Inject(Database) private readonly db: Database<WorkspaceSchema>) {}

  async find(id: string): Promise<Team | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('team')
      .selectAll()
      .where('team_id', '=', id)
      .executeTakeFirst();
    return row && toTeam(row);
  }

  /** Lists the next teams of all by id, those after the given one, for the operator. */
  async listAll(after: string | undefined, limit: number): Promise<readonly Team[]> {
    const rows = await this.db.runSystem(() => {
      const query = this.db.tx().selectFrom('team').selectAll().orderBy('team_id').limit(limit);
      return (after === undefined ? query : query.where('team_id', '>', after)).execute();
    });
    return rows.map(toTeam);
  }

  /**
   * Finds the team and locks it until the end of the transaction, so that rules over its members are decided
   * one after the other.
   */
  async lock(id: string): Promise<Team | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('team')
      .selectAll()
      .where('team_id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    return row && toTeam(row);
  }

  /** Returns false when the team exists. */
  async insert(team: Team): Promise<boolean> {
    const row = await this.db
      .tx()
      .insertInto('team')
      .values({ team_id: team.id, created_at: team.createTime, ...fromTeam(team) })
      .onConflict((c) => c.doNothing())
      .returning('team_id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async update(team: Team): Promise<void> {
    await this.db.tx().updateTable('team').set(fromTeam(team)).where('team_id', '=', team.id).execute();
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom('team').where('team_id', '=', id).execute();
    await this.db.tx().deleteFrom('request').where('team_id', '=', id).execute();
  }
}
