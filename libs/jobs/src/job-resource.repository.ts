import {
  type Fault,
  type JobResource,
  type JobResourceFilter,
  type JobResources,
  type JobState,
  mapPage,
  type Page,
  type PageQuery,
} from '@noema/kernel';
import { type AnyDatabase, jsonb, type PageField, selectPage } from '@noema/postgres';

/** The columns of a resource in its view `<table>_status`, which joins the table with `job_status`. */
export interface JobResourceRow {
  readonly id: string;
  readonly job_id: string;
  readonly state: JobState;
  readonly fault: Fault | null;
  readonly create_time: Date;
  readonly ready_time: Date | null;
}

const NEWEST_FIRST = 'create_time desc';

/**
 * Stores resources that jobs create, in a table `<table>` with the columns id, team_id, project_id, job_id,
 * contents, create_time and ready_time, and reads them from the view `<table>_status`.
 */
export abstract class JobResourceRepository<
  Row extends JobResourceRow,
  Resource extends JobResource,
  New,
  Contents,
> implements JobResources<Resource, New, Contents>
{
  protected constructor(
    protected readonly db: AnyDatabase,
    private readonly table: string,
    private readonly fields: Readonly<Record<string, PageField>> = {
      create_time: { column: 'create_time', type: 'timestamp' },
    },
  ) {}

  /** The columns of a new row, without team_id. */
  protected abstract toRow(resource: New): Readonly<Record<string, unknown>>;
  protected abstract toResource(row: Row): Resource;

  async insert(resource: New): Promise<Resource> {
    const row = await this.db
      .tx()
      .insertInto(this.table)
      .values({ ...this.toRow(resource), team_id: this.db.teamId()! })
      .returningAll()
      .executeTakeFirstOrThrow();
    return this.toResource({ ...(row as unknown as Row), state: 'queued', fault: null });
  }

  async find(id: string): Promise<Resource | undefined> {
    const row = await this.db
      .tx()
      .selectFrom(`${this.table}_status`)
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && this.toResource(row as unknown as Row);
  }

  async list({ projectId, runId }: JobResourceFilter, query: PageQuery): Promise<Page<Resource>> {
    const page = await selectPage<Row>(this.db, {
      table: `${this.table}_status`,
      fields: this.fields,
      query: { ...query, orderBy: query.orderBy === '' ? NEWEST_FIRST : query.orderBy },
      where: { project_id: projectId, ...(runId === undefined ? {} : { run_id: runId }) },
    });
    return mapPage(page, (row) => this.toResource(row));
  }

  async finish(id: string, contents: Contents, readyTime: Date): Promise<void> {
    await this.db
      .tx()
      .updateTable(this.table)
      .where('id', '=', id)
      .set({ contents: jsonb(contents), ready_time: readyTime })
      .execute();
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom(this.table).where('id', '=', id).execute();
  }
}

/** Returns the fields of a resource that its job and its clock determine. */
export const toJobResource = (row: JobResourceRow): JobResource => ({
  id: row.id,
  jobId: row.job_id,
  state: row.state,
  fault: row.fault ?? undefined,
  createTime: row.create_time,
  readyTime: row.ready_time ?? undefined,
});
