import { Inject, Injectable } from '@nestjs/common';
import type { Page, PageQuery } from '@noema/kernel';
import { Database, isUniqueViolation, type PageField } from '@noema/postgres';
import { RevisedRepository } from '../revision/revised.repository.js';
import { testSuiteNameTaken } from './test-suite.errors.js';
import type { BaselineRule, NewTestSuite, TestSuite } from './test-suite.js';

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly display_name: string;
  readonly document: string;
  readonly test_names: readonly string[];
  readonly run_for_new_versions: boolean;
  readonly baseline_rule: BaselineRule;
  readonly baseline_run_id: string | null;
  readonly draft: boolean;
  readonly created_by: string;
  readonly revision: number;
  readonly create_time: Date;
  readonly update_time: Date;
}

const FIELDS: Readonly<Record<string, PageField>> = {
  display_name: { column: 'display_name', type: 'string' },
  run_for_new_versions: { column: 'run_for_new_versions', type: 'boolean' },
  draft: { column: 'draft', type: 'boolean' },
  created_by: { column: 'created_by', type: 'string' },
  create_time: { column: 'create_time', type: 'timestamp' },
  update_time: { column: 'update_time', type: 'timestamp' },
};

const toRow = (suite: Omit<NewTestSuite, 'id' | 'projectId' | 'createdBy'>) => ({
  display_name: suite.displayName,
  document: suite.document,
  test_names: [...suite.testNames],
  run_for_new_versions: suite.runForNewVersions,
  baseline_rule: suite.baselineRule,
  baseline_run_id: suite.baselineRunId === '' ? null : suite.baselineRunId,
  draft: suite.draft,
});

/** Stores suites of tests in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class TestSuiteRepository extends RevisedRepository<Row, TestSuite> {
  declare protected readonly db: Database<{ test_suite: Row }>;

  constructor(@Inject(Database) db: Database<unknown>) {
    super(db, { table: 'test_suite', fields: FIELDS });
  }

  /** Throws `exists` TEST_SUITE_NAME_TAKEN. */
  insert(suite: NewTestSuite): Promise<TestSuite> {
    const { id, projectId, createdBy } = suite;
    return this.named(suite, async () =>
      this.toResource(
        await this.insertRow({ id, project_id: projectId, created_by: createdBy, ...toRow(suite) }),
      ),
    );
  }

  list(projectId: string, query: PageQuery): Promise<Page<TestSuite>> {
    return this.selectPage({ project_id: projectId }, query);
  }

  /** Returns the accepted suites of a project that judge new versions. Each is locked as by `lock`. */
  async lockForNewVersions(projectId: string): Promise<TestSuite[]> {
    const rows = await this.db
      .tx()
      .selectFrom('test_suite')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('run_for_new_versions', '=', true)
      .where('draft', '=', false)
      .orderBy('id')
      .forUpdate()
      .execute();
    return rows.map((row) => this.toResource(row));
  }

  /** Counts the suites of a project that judge new versions, drafts included. */
  async countForNewVersions(projectId: string): Promise<number> {
    const { suites } = await this.db
      .tx()
      .selectFrom('test_suite')
      .select((count) => count.fn.countAll<string>().as('suites'))
      .where('project_id', '=', projectId)
      .where('run_for_new_versions', '=', true)
      .executeTakeFirstOrThrow();
    return Number(suites);
  }

  /** Throws `exists` TEST_SUITE_NAME_TAKEN. */
  update(before: TestSuite, after: TestSuite): Promise<TestSuite> {
    return this.named(after, () => this.revise(before, toRow(after)));
  }

  protected toResource(row: Row): TestSuite {
    return {
      id: row.id,
      projectId: row.project_id,
      displayName: row.display_name,
      document: row.document,
      testNames: row.test_names,
      runForNewVersions: row.run_for_new_versions,
      baselineRule: row.baseline_rule,
      baselineRunId: row.baseline_run_id ?? '',
      draft: row.draft,
      createdBy: row.created_by,
      revision: row.revision,
      createTime: row.create_time,
      updateTime: row.update_time,
    };
  }

  private async named<T>({ displayName }: { readonly displayName: string }, write: () => Promise<T>) {
    try {
      return await write();
    } catch (error) {
      if (isUniqueViolation(error, 'test_suite_name')) throw testSuiteNameTaken(displayName);
      throw error;
    }
  }
}
