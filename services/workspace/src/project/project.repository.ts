import { Inject, Injectable } from '@nestjs/common';
import type { Page, PageQuery } from '@noema/kernel';
import { Database, isUniqueViolation, type PageField, ResourceRepository } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { WorkspaceSchema } from '../schema.js';
import { projectNameTaken } from './project.errors.js';
import type { Project } from './project.js';

type Row = Selectable<WorkspaceSchema['project']>;

const FIELDS: Readonly<Record<string, PageField>> = {
  display_name: { column: 'display_name', type: 'string' },
  description: { column: 'description', type: 'string' },
  create_time: { column: 'created_at', type: 'timestamp' },
  update_time: { column: 'updated_at', type: 'timestamp' },
};

const toRow = ({ displayName, description, updateTime }: Project) => ({
  display_name: displayName,
  description,
  updated_at: updateTime,
});

/** Stores the projects of the team of the ambient transaction. */
@Injectable()
export class ProjectRepository extends ResourceRepository<Row, Project> {
  constructor(@Inject(Database) db: Database<WorkspaceSchema>) {
    super(db, { table: 'project', fields: FIELDS });
  }

  list(query: PageQuery): Promise<Page<Project>> {
    return this.selectPage({}, query);
  }

  async count(): Promise<number> {
    const { n } = await this.db
      .tx()
      .selectFrom('project')
      .select((e) => e.fn.countAll<string>().as('n'))
      .executeTakeFirstOrThrow();
    return Number(n);
  }

  /** Throws `exists` PROJECT_NAME_TAKEN. */
  insert(p: Project): Promise<void> {
    return this.write(p, () => this.insertRow({ id: p.id, created_at: p.createTime, ...toRow(p) }));
  }

  /** Throws `exists` PROJECT_NAME_TAKEN. */
  update(p: Project): Promise<void> {
    return this.write(p, () => this.updateRow(p.id, toRow(p)));
  }

  protected toResource(row: Row): Project {
    return {
      id: row.id,
      displayName: row.display_name,
      description: row.description,
      createTime: row.created_at,
      updateTime: row.updated_at,
    };
  }

  private async write(project: Project, statement: () => Promise<unknown>): Promise<void> {
    try {
      await statement();
    } catch (error) {
      if (isUniqueViolation(error, 'project_name')) throw projectNameTaken(project.displayName);
      throw error;
    }
  }
}
