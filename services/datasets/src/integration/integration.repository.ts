import { Inject, Injectable } from '@nestjs/common';
import { mapPage, type Page, type PageQuery, type ProjectId } from '@noema/kernel';
import { Database, jsonb, selectPage } from '@noema/postgres';
import { sql } from 'kysely';
import type { DatasetsSchema, IntegrationRow } from '../schema.js';
import type { Integration, IntegrationId } from './integration.js';

const FIELDS = {
  display_name: { column: 'display_name', type: 'string' },
  create_time: { column: 'created_at', type: 'timestamp' },
  digest: { column: 'digest', type: 'string' },
} as const;

const toIntegration = (row: IntegrationRow): Integration => ({
  id: row.id as IntegrationId,
  projectId: row.project_id as ProjectId,
  displayName: row.display_name,
  modulePath: row.module_path,
  bundle: row.bundle,
  wheels: row.wheels,
  data: row.data,
  uploadId: row.upload_id,
  objects: row.objects ?? undefined,
  digest: row.digest,
  hosts: row.hosts,
  secrets: row.secrets,
  createTime: row.created_at,
});

/** Stores integrations in the table `integration`, in the ambient transaction of a team. */
@Injectable()
export class IntegrationRepository {
  constructor(@Inject(Database) private readonly db: Database<DatasetsSchema>) {}

  async insert(integration: Integration): Promise<void> {
    await this.db
      .tx()
      .insertInto('integration')
      .values({
        id: integration.id,
        team_id: this.db.teamId()!,
        project_id: integration.projectId,
        display_name: integration.displayName,
        module_path: integration.modulePath,
        bundle: jsonb(integration.bundle ?? undefined),
        wheels: jsonb(integration.wheels),
        data: jsonb(integration.data ?? undefined),
        upload_id: integration.uploadId,
        objects: jsonb(integration.objects),
        digest: integration.digest,
        hosts: jsonb(integration.hosts),
        secrets: jsonb(integration.secrets),
        created_at: integration.createTime,
      })
      .execute();
  }

  async find(id: string): Promise<Integration | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('integration')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toIntegration(row);
  }

  async list(projectId: string, query: PageQuery): Promise<Page<Integration>> {
    return mapPage(
      await selectPage<IntegrationRow>(this.db, {
        table: 'integration',
        fields: FIELDS,
        where: { project_id: projectId },
        query,
      }),
      toIntegration,
    );
  }

  /** Returns which of the uris are parts of a wheel or of the data of an integration of the project. */
  async listNamedParts(projectId: string, uris: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await sql<{ readonly uri: string }>`
      select distinct part ->> 'uri' as uri
      from integration, jsonb_array_elements(wheels) wheel, jsonb_array_elements(wheel -> 'parts') part
      where project_id = ${projectId} and part ->> 'uri' = any(${uris})
      union
      select part ->> 'uri' as uri from integration, jsonb_array_elements(data -> 'parts') part
      where project_id = ${projectId} and part ->> 'uri' = any(${uris})`.execute(this.db.tx());
    return new Set(rows.map(({ uri }) => uri));
  }

  /** Returns false when there was none. */
  async delete(id: IntegrationId): Promise<boolean> {
    const row = await this.db
      .tx()
      .deleteFrom('integration')
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }
}
