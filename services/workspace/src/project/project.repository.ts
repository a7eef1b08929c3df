import { Inject, Injectable } from '@nestjs/common';
import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import { Database, isUniqueViolation, type PageField, selectPage } from '@noema/postgres';
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

const toProject = (row: Row): Project => ({
  id: row.id,
  displayName: row.display_name,
  description: row.description,
  createTime: row.created_at,
  updateTime: row.updated_at,
});

/** Stores the projects of the team of the ambient transaction. */
@Injectable()
export class ProjectRepository {
  constructor(@Inject(Database) private readonly db: Database<WorkspaceSchema>) {}

  async find(id: string): Promise<Project | undefined> {
    const row = await this.db.tx().selectFrom('project').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toProject(row);
  }

  async list(query: PageQuery): Promise<Page<Project>> {
    return mapPage(await selectPage<Row>(this.db, { table: 'project', fields: FIELDS, query }), toProject);
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
    return this.write(p, () =>
      this.db
        .tx()
        .insertInto('project')
        .values({
          id: p.id,
          team_id: this.db.teamId()!,
          display_name: p.displayName,
          description: p.description,
          created_at: p.createTime,
          updated_at: p.updateTime,
        })
        .execute(),
    );
  }

  /** Throws `exists` PROJECT_NAME_TAKEN. */
  update(p: Project): Promise<void> {
    return this.write(p, () =>
      this.db
        .tx()
        .updateTable('project')
        .set({ display_name: p.displayName, description: p.description, updated_at: p.updateTime })
        .where('id', '=', p.id)
        .execute(),
    );
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom('project').where('id', '=', id).execute();
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
