import {
  type Fault,
  type JobResource,
  type JobResourceFilter,
  type JobResources,
  type JobState,
  type Page,
  type PageQuery,
} from '@noema/kernel';
import { type AnyDatabase, jsonb, type PageField, ResourceRepository } from '@noema/postgres';

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
  >
  extends ResourceRepository<Row, Resource>
  implements JobResources<Resource, New, Contents>
{
  protected constructor(
    db: AnyDatabase,
    table: string,
    fields: Readonly<Record<string, PageField>> = {
      create_time: { column: 'create_time', type: 'timestamp' },
    },
  ) {
    super(db, { table, view: `${table}_status`, fields });
  }

  /** The columns of a new row, without team_id. */
  protected abstract toRow(resource: New): Readonly<Record<string, unknown>>;

  async insert(resource: New): Promise<Resource> {
    return this.toResource({ ...(await this.insertRow(this.toRow(resource))), state: 'queued', fault: null });
  }

  list({ projectId, runId }: JobResourceFilter, query: PageQuery): Promise<Page<Resource>> {
    return this.selectPage(
      { project_id: projectId, ...(runId === undefined ? {} : { run_id: runId }) },
      { ...query, orderBy: query.orderBy === '' ? NEWEST_FIRST : query.orderBy },
    );
  }

  finish(id: string, contents: Contents, readyTime: Date): Promise<void> {
    return this.updateRow(id, { contents: jsonb(contents), ready_time: readyTime });
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
