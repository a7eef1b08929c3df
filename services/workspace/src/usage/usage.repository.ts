import type { Database } from '@noema/postgres';
import type { ComputeTime, ReportedUsage } from './usage.js';
import type { UsageReports } from './usage.ports.js';
import type { WorkspaceSchema } from '../schema.js';

export class PostgresUsageReports implements UsageReports {
  constructor(private readonly db: Database<WorkspaceSchema>) {}

  async save(teamId: string, report: ReportedUsage): Promise<void> {
    const row = {
      samples: report.samples,
      stored_bytes: report.storedBytes,
      queued_jobs: report.queuedJobs,
      running_jobs: report.runningJobs,
      gpu_seconds: report.gpuSeconds,
      compute: JSON.stringify(report.compute),
      reported_at: report.reportedAt,
    };
    await this.db
      .tx()
      .insertInto('service_usage')
      .values({ team_id: teamId, service: report.service, ...row })
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
      reportedAt: row.reported_at,
    }));
  }
}
