import { Inject, Injectable } from '@nestjs/common';
import { mapPage, type Page, type PageQuery, type ProjectId } from '@noema/kernel';
import { Database, selectPage } from '@noema/postgres';
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
    const { id, projectId, displayName, modulePath, bundle, wheels, data, uploadId, objects } = integration;
    const { digest, hosts, secrets, createTime } = integration;
    await sql`
      insert into integration (id, team_id, project_id, display_name, module_path, bundle, wheels, data, upload_id,
        objects, digest, hosts, secrets, created_at)
      values (${id}, current_setting('app.team_id')::uuid, ${projectId}, ${displayName}, ${modulePath},
        ${bundle === null ? null : JSON.stringify(bundle)}::jsonb, ${JSON.stringify(wheels)}::jsonb,
        ${data === null ? null : JSON.stringify(data)}::jsonb, ${uploadId},
        ${objects === undefined ? null : JSON.stringify(objects)}::jsonb, ${digest},
        ${JSON.stringify(hosts)}::jsonb, ${JSON.stringify(secrets)}::jsonb,
        ${createTime})`.execute(this.db.tx());
  }

  async find(id: string): Promise<Integration | undefined> {
    const { rows } = await sql<IntegrationRow>`select * from integration where id = ${id}`.execute(
      this.db.tx(),
    );
    return rows[0] && toIntegration(rows[0]);
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
    const { rows } = await sql`delete from integration where id = ${id} returning id`.execute(this.db.tx());
    return rows.length > 0;
  }
}
