import { Inject, Injectable } from '@nestjs/common';
import type { Page, PageQuery } from '@noema/kernel';
import { Database, type PageField, ResourceRepository } from '@noema/postgres';
import type { IssueComment, IssueCommentFields, IssueCommentKind, NewIssueComment } from './issue-comment.js';

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly issue_id: string;
  readonly kind: IssueCommentKind;
  readonly text: string;
  readonly mentioned_member_ids: readonly string[];
  readonly link: string;
  readonly test_result_id: string;
  readonly created_by: string;
  readonly create_time: Date;
  readonly update_time: Date;
}

const FIELDS: Readonly<Record<string, PageField>> = {
  create_time: { column: 'create_time', type: 'timestamp' },
};

const toRow = ({ text, mentionedMemberIds, link }: IssueCommentFields) => ({
  text,
  mentioned_member_ids: [...mentionedMemberIds],
  link,
});

/** Stores comments in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class IssueCommentRepository extends ResourceRepository<Row, IssueComment> {
  constructor(@Inject(Database) db: Database<unknown>) {
    super(db, { table: 'issue_comment', fields: FIELDS });
  }

  async insert(comment: NewIssueComment): Promise<IssueComment> {
    const { id, projectId, issueId, kind, testResultId, createdBy } = comment;
    return this.toResource(
      await this.insertRow({
        ...{ id, project_id: projectId, issue_id: issueId, kind },
        ...{ test_result_id: testResultId, created_by: createdBy, ...toRow(comment) },
      }),
    );
  }

  /** Lists the oldest first. */
  list(issueId: string, query: Pick<PageQuery, 'pageSize' | 'pageToken'>): Promise<Page<IssueComment>> {
    return this.selectPage({ issue_id: issueId }, { ...query, filter: '', orderBy: 'create_time' });
  }

  /** Writes the fields and the update time. */
  update(id: string, fields: IssueCommentFields, updateTime: Date): Promise<void> {
    return this.updateRow(id, { ...toRow(fields), update_time: updateTime });
  }

  protected toResource(row: Row): IssueComment {
    return {
      id: row.id,
      projectId: row.project_id,
      issueId: row.issue_id,
      kind: row.kind,
      text: row.text,
      mentionedMemberIds: row.mentioned_member_ids,
      link: row.link,
      testResultId: row.test_result_id,
      createdBy: row.created_by,
      createTime: row.create_time,
      updateTime: row.update_time,
    };
  }
}
