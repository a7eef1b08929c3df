import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactRef, Page, PageQuery } from '@noema/kernel';
import { type AnyDatabase, Database, jsonb, type PageField, ResourceRepository } from '@noema/postgres';
import { sql } from 'kysely';
import { whereSameOutput } from '../population/searched-output.js';
import {
  CHANGE_FIELD,
  type Insight,
  type InsightChange,
  type InsightContents,
  type InsightState,
  type NewInsight,
  STATE_FIELD,
  type TrendPoint,
} from './insight.js';

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly insight_search_id: string;
  readonly run_id: string;
  readonly epoch: number;
  readonly dataset_version_id: string;
  readonly output: string;
  readonly is_first_output: boolean;
  readonly kind: string;
  readonly subkind: string;
  readonly found_state: 'hint' | 'confirmed';
  readonly state: InsightState;
  readonly sentence: string;
  readonly level: number;
  readonly weight: number;
  readonly share: number;
  readonly member_count: number;
  readonly q_value: number | null;
  readonly contents: InsightContents;
  readonly members: ArtifactRef;
  readonly tables: ArtifactRef | null;
  readonly signature: Uint8Array;
  readonly previous_insight_id: string | null;
  readonly first_run_id: string;
  readonly first_epoch: number;
  readonly change: InsightChange;
  readonly trend: readonly TrendPoint[];
  readonly outdated: boolean;
  readonly note: string;
  readonly issue_id: string;
  readonly slice_id: string;
  readonly verdict_count: number;
  readonly revision: number;
  readonly create_time: Date;
  readonly update_time: Date;
}

const FIELDS: Readonly<Record<string, PageField>> = {
  kind: { column: 'kind', type: 'string' },
  subkind: { column: 'subkind', type: 'string' },
  state: { column: 'state', type: STATE_FIELD },
  found_state: { column: 'found_state', type: STATE_FIELD },
  change: { column: 'change', type: CHANGE_FIELD },
  severity: { column: 'level', type: 'number' },
  weight: { column: 'weight', type: 'number' },
  share: { column: 'share', type: 'number' },
  member_count: { column: 'member_count', type: 'number' },
  epoch: { column: 'epoch', type: 'number' },
  output: { column: 'output', type: 'string' },
  q_value: { column: 'q_value', type: 'number' },
  sentence: { column: 'sentence', type: 'string' },
  create_time: { column: 'create_time', type: 'timestamp' },
  update_time: { column: 'update_time', type: 'timestamp' },
};

const SEVERE_FIRST = 'weight desc';

export interface InsightFilter {
  readonly projectId: string;
  readonly runId?: string;
  readonly insightSearchId?: string;
  readonly kind?: string;
  readonly withHints: boolean;
  readonly withOutdated: boolean;
}

/** Stores insights in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class InsightRepository extends ResourceRepository<Row, Insight> {
  declare protected readonly db: Database<{ insight: Row }>;

  constructor(@Inject(Database) db: AnyDatabase) {
    super(db, { table: 'insight', fields: FIELDS });
  }

  async insert(insight: NewInsight): Promise<void> {
    await this.insertRow({
      id: insight.id,
      project_id: insight.projectId,
      insight_search_id: insight.insightSearchId,
      run_id: insight.runId,
      epoch: insight.epoch,
      dataset_version_id: insight.datasetVersionId,
      output: insight.output,
      is_first_output: insight.isFirstOutput,
      kind: insight.kind,
      subkind: insight.subkind,
      found_state: insight.foundState,
      state: insight.state,
      sentence: insight.sentence,
      level: insight.level,
      share: insight.share,
      member_count: insight.memberCount,
      q_value: insight.qValue ?? null,
      contents: jsonb(insight.contents),
      members: jsonb(insight.members),
      tables: insight.tables === undefined ? null : jsonb(insight.tables),
      signature: Buffer.from(insight.signature.slice().buffer),
      previous_insight_id: insight.previousInsightId === '' ? null : insight.previousInsightId,
      first_run_id: insight.firstRunId,
      first_epoch: insight.firstEpoch,
      change: insight.change,
      trend: jsonb(insight.trend),
      note: insight.note,
      issue_id: insight.issueId,
      slice_id: insight.sliceId,
      verdict_count: insight.verdictCount,
    });
  }

  list(
    { projectId, runId, insightSearchId, kind, ...filter }: InsightFilter,
    query: PageQuery,
  ): Promise<Page<Insight>> {
    const where = {
      project_id: projectId,
      ...(runId !== undefined && { run_id: runId }),
      ...(insightSearchId !== undefined && { insight_search_id: insightSearchId }),
      ...(kind !== undefined && { kind }),
      ...(!filter.withHints && { is_hint: false }),
      ...(!filter.withOutdated && { outdated: false }),
    };
    return this.selectPage(where, { ...query, orderBy: query.orderBy || SEVERE_FIRST });
  }

  /** Returns all insights of a kind of a search. */
  async listOfKind(insightSearchId: string, kind: string): Promise<Insight[]> {
    const rows = await this.db
      .tx()
      .selectFrom('insight')
      .selectAll()
      .where('insight_search_id', '=', insightSearchId)
      .where('kind', '=', kind)
      .orderBy('weight', 'desc')
      .orderBy('id')
      .execute();
    return rows.map((row) => this.toResource(row));
  }

  /** Marks the insights of a kind that other searches of the run and output of a search found, up to its epoch. */
  async markOutdated(insightSearchId: string, kind: string): Promise<void> {
    await sql`
      update insight i set outdated = true from insight_search s
      where s.id = ${insightSearchId} and i.insight_search_id <> s.id and i.run_id = s.run_id
        and i.epoch <= s.epoch and ${whereSameOutput('i', 's')} and i.kind = ${kind}
        and not i.outdated`.execute(this.db.tx());
  }

  /** Marks insights that a later search did not find again. */
  async markFixed(ids: readonly string[]): Promise<void> {
    await this.db
      .tx()
      .updateTable('insight')
      .set({ change: 'fixed' })
      .where('id', '=', (one) => one.fn.any(one.val(ids)))
      .execute();
  }

  /**
   * After a search of a run was deleted: insights that no search replaces any more are listed again, and insights that
   * no later search of the line has missed have the change that they were found with.
   */
  async restoreReplaced({
    runId,
    lineId,
  }: {
    readonly runId: string;
    readonly lineId: string;
  }): Promise<void> {
    // An old insight of no output may be of a search of a further one, and gives way to any search of the first one.
    const searched = sql`${whereSameOutput('u', 'i')} and
      u.contents->'outcomes' @> jsonb_build_array(jsonb_build_object('kind', i.kind, 'state', 'done'))`;
    await sql`
      update insight i set outdated = false from insight_search t
      where t.id = i.insight_search_id and i.run_id = ${runId} and i.outdated and not exists (
        select from insight_search u
        where u.run_id = i.run_id and u.id <> t.id and u.epoch >= t.epoch
          and (u.ready_time > t.ready_time or i.is_first_output and not t.is_first_output)
          and ${searched})`.execute(this.db.tx());
    await sql`
      update insight i set change = i.trend->-1->>'change' from insight_search t
      where t.id = i.insight_search_id and t.line_id = ${lineId} and i.change = 'fixed' and not exists (
        select from insight_search u
        where u.line_id = t.line_id and u.id <> t.id and (u.run_id, u.epoch) >= (t.run_id, t.epoch)
          and u.ready_time > t.ready_time and ${searched})`.execute(this.db.tx());
  }

  /** As `find`; no other transaction changes the insight before this one ends. */
  async lock(id: string): Promise<Insight | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('insight')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    return row && this.toResource(row);
  }

  /** Changes a locked insight, and returns it with its next revision. */
  async update(
    { id, revision }: Insight,
    {
      state,
      note,
      issueId,
      sliceId,
      verdictCount,
    }: Pick<Insight, 'state' | 'note' | 'issueId' | 'sliceId' | 'verdictCount'>,
  ): Promise<Insight> {
    const row = await this.db
      .tx()
      .updateTable('insight')
      .set({
        state,
        note,
        issue_id: issueId,
        slice_id: sliceId,
        verdict_count: verdictCount,
        revision: revision + 1,
        update_time: sql<Date>`now()`,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return this.toResource(row);
  }

  protected toResource(row: Row): Insight {
    return {
      id: row.id,
      projectId: row.project_id,
      insightSearchId: row.insight_search_id,
      runId: row.run_id,
      epoch: row.epoch,
      datasetVersionId: row.dataset_version_id,
      output: row.output,
      isFirstOutput: row.is_first_output,
      kind: row.kind,
      subkind: row.subkind,
      foundState: row.found_state,
      state: row.state,
      sentence: row.sentence,
      level: row.level,
      share: row.share,
      memberCount: row.member_count,
      qValue: row.q_value ?? undefined,
      contents: row.contents,
      members: row.members,
      tables: row.tables ?? undefined,
      signature: new Uint32Array(Uint8Array.from(row.signature).buffer),
      previousInsightId: row.previous_insight_id ?? '',
      firstRunId: row.first_run_id,
      firstEpoch: row.first_epoch,
      change: row.change,
      trend: row.trend,
      outdated: row.outdated,
      note: row.note,
      issueId: row.issue_id,
      sliceId: row.slice_id,
      verdictCount: row.verdict_count,
      revision: row.revision,
      createTime: row.create_time,
      updateTime: row.update_time,
    };
  }
}
