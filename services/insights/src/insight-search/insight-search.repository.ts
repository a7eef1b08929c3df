import { Inject, Injectable } from '@nestjs/common';
import type { Recipe } from '@noema/insights';
import { JobResourceRepository, type JobResourceRow, toJobResource } from '@noema/jobs';
import { JOB_STATE_FIELD } from '@noema/kernel';
import { type AnyDatabase, Database, jsonb } from '@noema/postgres';
import { sql } from 'kysely';
import type { SearchSource } from '../population/search-population.js';
import { whereSameOutput, storeOutput } from '../population/searched-output.js';
import type { InsightSearch, NewInsightSearch, SearchContents } from './insight-search.js';

interface Row extends JobResourceRow {
  readonly source: SearchSource;
  readonly recipe: Recipe;
  readonly line_id: string;
  readonly created_by: string;
  readonly contents: SearchContents | null;
}

/** Stores searches in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class InsightSearchRepository extends JobResourceRepository<
  Row,
  InsightSearch,
  NewInsightSearch,
  SearchContents
> {
  constructor(@Inject(Database) db: AnyDatabase) {
    super(db, 'insight_search', {
      state: { column: 'state', type: JOB_STATE_FIELD },
      epoch: { column: 'epoch', type: 'number' },
      create_time: { column: 'create_time', type: 'timestamp' },
      ready_time: { column: 'ready_time', type: 'timestamp' },
    });
  }

  /**
   * Returns the id of the search before another one that searched a kind of the same output: of the newest run and
   * epoch of its line up to its own. Ids of runs sort by their creation.
   */
  async findPrevious({ id }: Pick<InsightSearch, 'id'>, kind: string): Promise<string | undefined> {
    const done = JSON.stringify([{ kind, state: 'done' }]);
    const { rows } = await sql<{ id: string }>`
      select p.id from insight_search p join insight_search s on s.id = ${id}
      where p.line_id = s.line_id and p.id <> s.id and p.ready_time is not null
        and (p.run_id, p.epoch) <= (s.run_id, s.epoch) and ${whereSameOutput('p', 's')}
        and p.contents->'outcomes' @> ${done}::jsonb
      order by p.run_id desc, p.epoch desc, p.ready_time desc limit 1`.execute(this.db.tx());
    return rows[0]?.id;
  }

  /** Keeps other searches of a line from ending before the transaction does. */
  async lockLine(lineId: string): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`insights ${lineId}`}, 0))`.execute(
      this.db.tx(),
    );
  }

  protected toRow({ id, source, recipe, lineId, createdBy, jobId }: NewInsightSearch) {
    const { output, isFirstOutput } = storeOutput(source.output);
    return {
      id,
      project_id: source.projectId,
      run_id: source.runId,
      epoch: source.epoch,
      ...{ line_id: lineId, output, is_first_output: isFirstOutput },
      source: jsonb(source),
      recipe: jsonb(recipe),
      created_by: createdBy,
      job_id: jobId,
    };
  }

  protected toResource(row: Row): InsightSearch {
    return {
      ...toJobResource(row),
      source: row.source,
      recipe: row.contents?.recipe ?? row.recipe,
      lineId: row.line_id,
      createdBy: row.created_by,
      contents: row.contents ?? undefined,
    };
  }
}
