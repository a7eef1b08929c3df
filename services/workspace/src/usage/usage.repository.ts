import { Inject, Injectable } from '@nestjs/common';
import type { ComputeTime } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { WorkspaceSchema } from '../schema.js';
import type { ReportedUsage } from './usage.js';

/** Stores what services reported of the team of the ambient transaction. */
@Injectable()
export class UsageRepository {
  constructor(@Inject(Database) private readonly db: Database<WorkspaceSchema>) {}

  /** Replaces what the service reported before. */
  async save(report: ReportedUsage): Promise<void> {
    const row = {
      samples: report.samples,
      stored_bytes: report.storedBytes,
      queued_jobs: report.queuedJobs,
      running_jobs: report.runningJobs,
      gpu_seconds: report.gpuSeconds,
      compute: JSON.stringify(report.compute),
      reported_at: report.reportTime,
    };
    await this.db
      .tx()
      .insertInto('service_usage')
      .values({ team_id: this.db.teamId()!, service: report.service, ...row })
      .onConflict((c) => c.columns(['team_id', 'service']).doUpdateSet(row))
      .execute();
  }

  async list(): Promise<readonly ReportedUsage[]> {
    const rows = await this.db.tx().selectFrom('service_usage').selectAll().orderBy('service').execute();
    return rows.map((row) => ({
      service: row.service,
      samples: BigInt(row.samples),
      storedBytes: BigInt(row.stored_bytes),
      queuedJobs: row.queued_jobs,
      runningJobs: row.running_jobs,
      gpuSeconds: row.gpu_seconds,
      compute: row.compute as readonly ComputeTime[],
      reportTime: row.reported_at,
    }));
  }
}
