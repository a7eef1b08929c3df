import { Inject, Injectable } from '@nestjs/common';
import { JobResourceRepository, type JobResourceRow, toJobResource } from '@noema/jobs';
import { JOB_STATE_FIELD, type JobResourceFilter, type Page, type PageQuery } from '@noema/kernel';
import { type AnyDatabase, Database } from '@noema/postgres';
import type { JudgmentContents, NewJudgment, TestJudgment } from './test-judgment.js';

interface Row extends JobResourceRow {
  readonly project_id: string;
  readonly test_suite_id: string;
  readonly run_id: string;
  readonly epoch: number;
  readonly created_by: string;
  readonly contents: JudgmentContents | null;
}

export interface JudgmentFilter extends JobResourceFilter {
  readonly testSuiteId?: string;
}

/** Stores judgments in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class TestJudgmentRepository extends JobResourceRepository<
  Row,
  TestJudgment,
  NewJudgment,
  JudgmentContents
> {
  declare protected readonly db: Database<{ test_judgment_status: Row }>;

  constructor(@Inject(Database) db: AnyDatabase) {
    super(db, 'test_judgment', {
      state: { column: 'state', type: JOB_STATE_FIELD },
      create_time: { column: 'create_time', type: 'timestamp' },
      ready_time: { column: 'ready_time', type: 'timestamp' },
    });
  }

  override list(
    { projectId, runId, testSuiteId }: JudgmentFilter,
    query: PageQuery,
  ): Promise<Page<TestJudgment>> {
    const where = {
      project_id: projectId,
      ...(runId !== undefined && { run_id: runId }),
      ...(testSuiteId !== undefined && { test_suite_id: testSuiteId }),
    };
    return this.selectPage(where, { ...query, orderBy: query.orderBy || 'create_time desc' });
  }

  /** Returns the ids of the jobs of a suite that have not ended. */
  async listUnfinishedJobs(testSuiteId: string): Promise<string[]> {
    const rows = await this.db
      .tx()
      .selectFrom('test_judgment_status')
      .select('job_id')
      .where('test_suite_id', '=', testSuiteId)
      .where('ready_time', 'is', null)
      .where('state', 'in', ['queued', 'running'])
      .execute();
    return rows.map(({ job_id }) => job_id);
  }

  protected toRow({ id, projectId, testSuiteId, runId, chosenEpoch, createdBy, jobId }: NewJudgment) {
    return {
      id,
      project_id: projectId,
      test_suite_id: testSuiteId,
      run_id: runId,
      epoch: chosenEpoch,
      created_by: createdBy,
      job_id: jobId,
    };
  }

  protected toResource(row: Row): TestJudgment {
    return {
      ...toJobResource(row),
      projectId: row.project_id,
      testSuiteId: row.test_suite_id,
      runId: row.run_id,
      chosenEpoch: row.epoch,
      createdBy: row.created_by,
      contents: row.contents ?? undefined,
    };
  }
}
