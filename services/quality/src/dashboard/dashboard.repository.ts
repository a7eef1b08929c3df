import { Inject, Injectable } from '@nestjs/common';
import type { Page, PageQuery } from '@noema/kernel';
import { Database, isUniqueViolation, type PageField } from '@noema/postgres';
import { RevisedRepository } from '../revision/revised.repository.js';
import { dashboardNameTaken } from './dashboard.errors.js';
import type { Dashboard, NewDashboard } from './dashboard.js';

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly display_name: string;
  readonly document: string;
  readonly draft: boolean;
  readonly created_by: string;
  readonly revision: number;
  readonly create_time: Date;
  readonly update_time: Date;
}

const FIELDS: Readonly<Record<string, PageField>> = {
  display_name: { column: 'display_name', type: 'string' },
  draft: { column: 'draft', type: 'boolean' },
  created_by: { column: 'created_by', type: 'string' },
  create_time: { column: 'create_time', type: 'timestamp' },
  update_time: { column: 'update_time', type: 'timestamp' },
};

/** Stores dashboards in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class DashboardRepository extends RevisedRepository<Row, Dashboard> {
  constructor(@Inject(Database) db: Database<unknown>) {
    super(db, { table: 'dashboard', fields: FIELDS });
  }

  /** Throws `exists` DASHBOARD_NAME_TAKEN. */
  insert({ id, projectId, displayName, document, draft, createdBy }: NewDashboard): Promise<Dashboard> {
    return this.named(displayName, async () =>
      this.toResource(
        await this.insertRow({
          id,
          project_id: projectId,
          display_name: displayName,
          document,
          draft,
          created_by: createdBy,
        }),
      ),
    );
  }

  list(projectId: string, query: PageQuery): Promise<Page<Dashboard>> {
    return this.selectPage({ project_id: projectId }, query);
  }

  /** Throws `exists` DASHBOARD_NAME_TAKEN. */
  update(
    before: Dashboard,
    { displayName, document, draft }: Pick<Dashboard, 'displayName' | 'document' | 'draft'>,
  ): Promise<Dashboard> {
    return this.named(displayName, () => this.revise(before, { display_name: displayName, document, draft }));
  }

  protected toResource(row: Row): Dashboard {
    return {
      id: row.id,
      projectId: row.project_id,
      displayName: row.display_name,
      document: row.document,
      draft: row.draft,
      createdBy: row.created_by,
      revision: row.revision,
      createTime: row.create_time,
      updateTime: row.update_time,
    };
  }

  private async named<T>(displayName: string, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (isUniqueViolation(error, 'dashboard_name')) throw dashboardNameTaken(displayName);
      throw error;
    }
  }
}
