import { Inject, Injectable } from '@nestjs/common';
import { Database, type AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import type { SampleVerdict, Verdict } from './verdict.js';

/** Stores verdicts in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class VerdictRepository {
  constructor(@Inject(Database) private readonly db: AnyDatabase) {}

  /** Returns the verdicts on an insight by row. */
  async list(insightId: string): Promise<Map<number, Verdict>> {
    const { rows } = await sql<{ readonly sample_row: number; readonly verdict: Verdict }>`
      select sample_row, verdict from insight_verdict where insight_id = ${insightId}`.execute(this.db.tx());
    return new Map(rows.map(({ sample_row, verdict }) => [sample_row, verdict]));
  }

  /** Stores verdicts in place of earlier ones. */
  async save(
    { id, projectId }: { readonly id: string; readonly projectId: string },
    verdicts: readonly SampleVerdict[],
    author: string,
  ): Promise<void> {
    for (const { row, verdict } of verdicts) {
      if (verdict === undefined)
        await sql`delete from insight_verdict where insight_id = ${id} and sample_row = ${row}`.execute(
          this.db.tx(),
        );
      else
        await sql`
          insert into insight_verdict (insight_id, sample_row, team_id, project_id, verdict, created_by)
          values (${id}, ${row}, ${this.db.teamId()!}, ${projectId}, ${verdict}, ${author})
          on conflict (insight_id, sample_row)
            do update set verdict = excluded.verdict, created_by = excluded.created_by, create_time = now()`.execute(
          this.db.tx(),
        );
    }
  }

  /** Copies the verdicts on those samples that another insight has too. */
  async copy(from: string, to: string, rows: Int32Array): Promise<void> {
    await sql`
      insert into insight_verdict (insight_id, sample_row, team_id, project_id, verdict, created_by, create_time)
      select ${to}, sample_row, team_id, project_id, verdict, created_by, create_time
      from insight_verdict where insight_id = ${from} and sample_row = any(${[...rows]}::int[])`.execute(
      this.db.tx(),
    );
  }
}
