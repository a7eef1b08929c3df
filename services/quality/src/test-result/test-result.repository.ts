import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { TestStatusSchema } from '@noema/contracts/noema/quality/v1/test_result';
import type { Page, PageQuery } from '@noema/kernel';
import { Database, type PageField, ResourceRepository } from '@noema/postgres';
import { type ColumnType, sql } from 'kysely';
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

/** bigint arrives as text. */
type Count = ColumnType<string, number, number>;

interface Schema {
  test_result: Omit<Row, 'outdated' | 'n' | 'deciding_n'> & {
    readonly team_id: string;
    readonly n: Count;
    readonly deciding_n: Count;
    readonly document_digest: string;
  };
  test_suite: { readonly id: string; readonly document_digest: string };
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
  declare protected readonly db: Database<Schema>;

  constructor(@Inject(Database) db: Database<unknown>) {
    super(db, { table: 'test_result', view: 'test_result_status', fields: FIELDS });
  }

  /**
   * Stores a result by the present document of its suite, or replaces the content of the one that the test has for
   * the epoch, which keeps its id.
   */
  async save(result: TestResult): Promise<TestResult> {
    const { interval } = result;
    const row = await this.db
      .tx()
      .insertInto('test_result')
      .values((suite) => ({
        id: result.id,
        team_id: this.db.teamId()!,
        project_id: result.projectId,
        test_suite_id: result.testSuiteId,
        test_name: result.testName,
        run_id: result.runId,
        run_create_time: result.runCreateTime,
        epoch: result.epoch,
        model_version_id: result.modelVersionId,
        baseline_run_id: result.baselineRunId,
        status: result.status,
        value: result.value ?? null,
        previous: result.previous ?? null,
        low: interval?.low ?? null,
        high: interval?.high ?? null,
        n: result.n,
        limit: result.limit ?? null,
        deciding_n: result.decidingN,
        reason: result.reason,
        created_by: result.createdBy,
        create_time: result.createTime,
        document_digest: suite
          .selectFrom('test_suite')
          .select('document_digest')
          .where('id', '=', result.testSuiteId),
      }))
      .onConflict((conflict) =>
        conflict.columns(['test_suite_id', 'test_name', 'run_id', 'epoch']).doUpdateSet((on) => ({
          baseline_run_id: on.ref('excluded.baseline_run_id'),
          status: on.ref('excluded.status'),
          value: on.ref('excluded.value'),
          previous: on.ref('excluded.previous'),
          low: on.ref('excluded.low'),
          high: on.ref('excluded.high'),
          n: on.ref('excluded.n'),
          limit: on.ref('excluded.limit'),
          deciding_n: on.ref('excluded.deciding_n'),
          reason: on.ref('excluded.reason'),
          created_by: on.ref('excluded.created_by'),
          create_time: on.ref('excluded.create_time'),
          document_digest: on.ref('excluded.document_digest'),
        })),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    return this.toResource({ ...row, outdated: false });
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
