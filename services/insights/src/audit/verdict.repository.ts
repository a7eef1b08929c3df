import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@noema/postgres';
import { type Generated, sql } from 'kysely';
import type { SampleVerdict, Verdict } from './verdict.js';

interface Schema {
  insight_verdict: {
    insight_id: string;
    sample_row: number;
    team_id: string;
    project_id: string;
    verdict: Verdict;
    created_by: string;
    create_time: Generated<Date>;
  };
}

/** Stores verdicts in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class VerdictRepository {
  constructor(@Inject(Database) private readonly db: Database<Schema>) {}

  /** Returns the verdicts on an insight by row. */
  async list(insightId: string): Promise<Map<number, Verdict>> {
    const rows = await this.db
      .tx()
      .selectFrom('insight_verdict')
      .select(['sample_row', 'verdict'])
      .where('insight_id', '=', insightId)
      .execute();
    return new Map(rows.map(({ sample_row, verdict }) => [sample_row, verdict]));
  }

  /** Stores verdicts in place of earlier ones. */
  async save(
    { id, projectId }: { readonly id: string; readonly projectId: string },
    verdicts: readonly SampleVerdict[],
    author: string,
  ): Promise<void> {
    const tx = this.db.tx();
    for (const { row, verdict } of verdicts) {
      if (verdict === undefined)
        await tx
          .deleteFrom('insight_verdict')
          .where('insight_id', '=', id)
          .where('sample_row', '=', row)
          .execute();
      else
        await tx
          .insertInto('insight_verdict')
          .values({
            insight_id: id,
            sample_row: row,
            team_id: this.db.teamId()!,
            project_id: projectId,
            verdict,
            created_by: author,
          })
          .onConflict((conflict) =>
            conflict.columns(['insight_id', 'sample_row']).doUpdateSet((on) => ({
              verdict: on.ref('excluded.verdict'),
              created_by: on.ref('excluded.created_by'),
              create_time: sql<Date>`now()`,
            })),
          )
          .execute();
    }
  }

  /** Copies the verdicts on those samples that another insight has too. */
  async copy(from: string, to: string, rows: Int32Array): Promise<void> {
    const others = ['sample_row', 'team_id', 'project_id', 'verdict', 'created_by', 'create_time'] as const;
    await this.db
      .tx()
      .insertInto('insight_verdict')
      .columns(['insight_id', ...others])
      .expression((select) =>
        select
          .selectFrom('insight_verdict')
          .select((value) => [value.val(to).as('insight_id'), ...others])
          .where('insight_id', '=', from)
          .where('sample_row', '=', (one) => one.fn.any(one.val([...rows]))),
      )
      .execute();
  }
}
