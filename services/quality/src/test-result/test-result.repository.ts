import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { TestStatusSchema } from '@noema/contracts/noema/quality/v1/test_result';
import type { Page, PageQuery } from '@noema/kernel';
import { Database, type PageField, ResourceRepository } from '@noema/postgres';
import { sql } from 'kysely';
import type { TestCounts, TestResult, TestStatus } from './test-result.js';

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly test_suite_id: string;
  readonly test_name: string;
  readonly run_id: string;
  readonly run_create_time: Date;
  readonly epoch: number;
  readonly model_version_id: string;
  readonly baseline_run_id: string;
  readonly status: TestStatus;
  readonly value: number | null;
  readonly previous: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: string;
  readonly limit: number | null;
  readonly deciding_n: string;
  readonly reason: string;
  readonly created_by: string;
  readonly create_time: Date;
  readonly outdated: boolean;
}

const FIELDS: Readonly<Record<string, PageField>> = {
  test_name: { column: 'test_name', type: 'string' },
  status: { column: 'status', type: enumField(TestStatusSchema) },
  n: { column: 'n', type: 'number' },
  epoch: { column: 'epoch', type: 'number' },
  model_version_id: { column: 'model_version_id', type: 'string' },
  create_time: { column: 'create_time', type: 'timestamp' },
};

/** Stores results of tests in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class TestResultRepository extends ResourceRepository<Row, TestResult> {
  constructor(@Inject(Database) db: Database<unknown>) {
    super(db, { table: 'test_result', view: 'test_result_status', fields: FIELDS });
  }

  /**
   * Stores a result by the present document of its suite, or replaces the content of the one that the test has for
   * the epoch, which keeps its id.
   */
  async save(result: TestResult): Promise<TestResult> {
    const { interval } = result;
    const { rows } = await sql<Row>`
      insert into test_result (id, team_id, project_id, test_suite_id, test_name, run_id, run_create_time, epoch,
        model_version_id, baseline_run_id, status, value, previous, low, high, n, "limit", deciding_n, reason,
        created_by, create_time, document_digest)
      values (${result.id}, ${this.db.teamId()!}, ${result.projectId}, ${result.testSuiteId}, ${result.testName},
        ${result.runId}, ${result.runCreateTime}, ${result.epoch}, ${result.modelVersionId},
        ${result.baselineRunId}, ${result.status}, ${result.value ?? null}, ${result.previous ?? null},
        ${interval?.low ?? null}, ${interval?.high ?? null}, ${result.n}, ${result.limit ?? null},
        ${result.decidingN}, ${result.reason}, ${result.createdBy}, ${result.createTime},
        (select document_digest from test_suite where id = ${result.testSuiteId}))
      on conflict (test_suite_id, test_name, run_id, epoch) do update set
        baseline_run_id = excluded.baseline_run_id, status = excluded.status, value = excluded.value,
        previous = excluded.previous, low = excluded.low, high = excluded.high, n = excluded.n,
        "limit" = excluded."limit", deciding_n = excluded.deciding_n, reason = excluded.reason,
        created_by = excluded.created_by, create_time = excluded.create_time,
        document_digest = excluded.document_digest
      returning *, false as outdated`.execute(this.db.tx());
    return this.toResource(rows[0]!);
  }

  /** Lists the results of a project, of one run or of one suite if their ids are not empty. */
  list(
    { projectId, runId, testSuiteId }: Pick<TestResult, 'projectId' | 'runId' | 'testSuiteId'>,
    query: PageQuery,
  ): Promise<Page<TestResult>> {
    const where = {
      project_id: projectId,
      ...(runId !== '' && { run_id: runId }),
      ...(testSuiteId !== '' && { test_suite_id: testSuiteId }),
    };
    return this.selectPage(where, query);
  }

  /**
   * Counts the tests of the accepted suites by their result for the newest run. A test that was judged only by an
   * earlier document of its suite is unjudged.
   */
  async count(projectId: string): Promise<TestCounts> {
    const { rows } = await sql<{ status: keyof TestCounts; n: number }>`
      with suite as materialized (
        select id, test_names, document_digest as digest from test_suite
        where project_id = ${projectId} and not draft)
      select coalesce(newest.status, 'unjudged') as status, count(*)::int as n
      from suite cross join unnest(suite.test_names) as test(name)
      left join lateral (
        select r.status from test_result r
        where r.test_suite_id = suite.id and r.test_name = test.name and r.document_digest = suite.digest
        order by r.run_create_time desc, r.epoch desc limit 1) newest on true
      group by 1`.execute(this.db.tx());
    const count = (status: keyof TestCounts): number => rows.find((row) => row.status === status)?.n ?? 0;
    return {
      pass: count('pass'),
      fail: count('fail'),
      undecided: count('undecided'),
      unjudged: count('unjudged'),
    };
  }

  protected toResource(row: Row): TestResult {
    return {
      id: row.id,
      projectId: row.project_id,
      testSuiteId: row.test_suite_id,
      testName: row.test_name,
      runId: row.run_id,
      runCreateTime: row.run_create_time,
      epoch: row.epoch,
      modelVersionId: row.model_version_id,
      baselineRunId: row.baseline_run_id,
      status: row.status,
      value: row.value ?? undefined,
      previous: row.previous ?? undefined,
      interval: row.low === null || row.high === null ? undefined : { low: row.low, high: row.high },
      n: Number(row.n),
      limit: row.limit ?? undefined,
      decidingN: Number(row.deciding_n),
      reason: row.reason,
      createdBy: row.created_by,
      createTime: row.create_time,
      isOutdated: row.outdated,
    };
  }
}
