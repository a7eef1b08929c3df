import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { IssueStateSchema } from '@noema/contracts/noema/quality/v1/issue';
import type { Page, PageQuery } from '@noema/kernel';
import { Database, jsonb, type PageField } from '@noema/postgres';
import { sql } from 'kysely';
import { RevisedRepository } from '../revision/revised.repository.js';
import type { ClosingTest, Issue, IssueLabel, IssueState, IssueSubject, NewIssue } from './issue.js';

type Samples = Extract<IssueSubject, { readonly kind: 'samples' }>;

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly display_name: string;
  readonly text: string;
  readonly state: IssueState;
  readonly assignee_id: string;
  readonly samples: Pick<Samples, 'datasetVersionId' | 'samples'> | null;
  readonly slice_id: string | null;
  readonly test_result_id: string | null;
  readonly closing_suite_id: string | null;
  readonly closing_test: string;
  readonly labels: readonly string[];
  readonly version_time: Date;
  readonly draft: boolean;
  readonly created_by: string;
  readonly revision: number;
  readonly create_time: Date;
  readonly update_time: Date;
  readonly close_time: Date | null;
}

const FIELDS: Readonly<Record<string, PageField>> = {
  display_name: { column: 'display_name', type: 'string' },
  text: { column: 'text', type: 'string' },
  state: { column: 'state', type: enumField(IssueStateSchema) },
  assignee_id: { column: 'assignee_id', type: 'string' },
  draft: { column: 'draft', type: 'boolean' },
  created_by: { column: 'created_by', type: 'string' },
  create_time: { column: 'create_time', type: 'timestamp' },
  update_time: { column: 'update_time', type: 'timestamp' },
  close_time: { column: 'close_time', type: 'timestamp' },
};

const toRow = (issue: Pick<Issue, keyof NewIssue>) => ({
  display_name: issue.displayName,
  text: issue.text,
  state: issue.state,
  assignee_id: issue.assigneeId,
  closing_suite_id: issue.closingTest?.testSuiteId ?? null,
  closing_test: issue.closingTest?.testName ?? '',
  labels: issue.labels,
  version_time: issue.versionTime,
  draft: issue.draft,
});

/** Stores issues in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class IssueRepository extends RevisedRepository<Row, Issue> {
  declare protected readonly db: Database<{ issue: Row }>;

  constructor(@Inject(Database) db: Database<unknown>) {
    super(db, { table: 'issue', fields: FIELDS });
  }

  async insert(issue: NewIssue): Promise<Issue> {
    const { id, projectId, createdBy, subject } = issue;
    const { kind: _, ...samples } = subject?.kind === 'samples' ? subject : { kind: undefined };
    return this.toResource(
      await this.insertRow({
        id,
        project_id: projectId,
        created_by: createdBy,
        samples: subject?.kind === 'samples' ? jsonb(samples) : null,
        slice_id: subject?.kind === 'slice' ? subject.sliceId : null,
        test_result_id: subject?.kind === 'test-result' ? subject.testResultId : null,
        ...toRow(issue),
      }),
    );
  }

  /** Lists the issues that have all labels. */
  list(projectId: string, query: PageQuery, labels: readonly string[]): Promise<Page<Issue>> {
    return this.selectPage({ project_id: projectId }, query, labels.length === 0 ? {} : { labels });
  }

  /** Lists the labels of a project by name. */
  async listLabels(projectId: string, max: number): Promise<IssueLabel[]> {
    const { rows } = await sql<{ name: string; open_issues: number; issues: number }>`
      select name, count(*) filter (where state = 'open')::int as open_issues, count(*)::int as issues
      from issue, unnest(labels) as name where project_id = ${projectId}
      group by name order by name limit ${max}`.execute(this.db.tx());
    return rows.map(({ name, open_issues: openIssues, issues }) => ({ name, openIssues, issues }));
  }

  update(before: Issue, after: Issue): Promise<Issue> {
    const closeTime = after.state === 'open' ? null : (before.closeTime ?? new Date());
    return this.revise(before, { ...toRow(after), close_time: closeTime });
  }

  /** Locks the accepted open issues that a pass of a test in a run of this time closes. */
  async lockClosing({ testSuiteId, testName }: ClosingTest, runCreateTime: Date): Promise<Issue[]> {
    const rows = await this.db
      .tx()
      .selectFrom('issue')
      .selectAll()
      .where('closing_suite_id', '=', testSuiteId)
      .where('closing_test', '=', testName)
      .where('state', '=', 'open')
      .where('draft', '=', false)
      .where('version_time', '<', runCreateTime)
      .orderBy('id')
      .forUpdate()
      .execute();
    return rows.map((row) => this.toResource(row));
  }

  protected toResource(row: Row): Issue {
    return {
      id: row.id,
      projectId: row.project_id,
      displayName: row.display_name,
      text: row.text,
      state: row.state,
      assigneeId: row.assignee_id,
      subject: toSubject(row),
      closingTest:
        row.closing_suite_id === null
          ? undefined
          : { testSuiteId: row.closing_suite_id, testName: row.closing_test },
      labels: row.labels,
      versionTime: row.version_time,
      draft: row.draft,
      createdBy: row.created_by,
      revision: row.revision,
      createTime: row.create_time,
      updateTime: row.update_time,
      closeTime: row.close_time ?? undefined,
    };
  }
}

function toSubject({ samples, slice_id, test_result_id }: Row): IssueSubject | undefined {
  if (samples !== null) return { kind: 'samples', ...samples };
  if (slice_id !== null) return { kind: 'slice', sliceId: slice_id };
  if (test_result_id !== null) return { kind: 'test-result', testResultId: test_result_id };
  return undefined;
}
