import { enumField } from '@noema/contracts';
import { RoleSchema } from '@noema/contracts/noema/workspace/v1/member';
import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import { type Database, type PageField, selectPage } from '@noema/postgres';
import { type Selectable, sql } from 'kysely';
import type { ApiKey } from './api-key.js';
import type { ApiKeyDirectory, ApiKeyRepository } from './api-key.ports.js';
import type { WorkspaceSchema } from '../schema.js';

type Row = Selectable<WorkspaceSchema['api_key']>;

const FIELDS: Readonly<Record<string, PageField>> = {
  display_name: { column: 'display_name', type: 'string' },
  member_id: { column: 'member_id::text', type: 'string' },
  role: { column: 'role', type: enumField(RoleSchema) },
  prefix: { column: 'prefix', type: 'string' },
  create_time: { column: 'created_at', type: 'timestamp' },
  expire_time: { column: 'expires_at', type: 'timestamp' },
  last_use_time: { column: 'last_used_at', type: 'timestamp' },
  revoke_time: { column: 'revoked_at', type: 'timestamp' },
};

const toApiKey = (row: Row): ApiKey => ({
  id: row.id,
  displayName: row.display_name,
  memberId: row.member_id,
  role: row.role,
  prefix: row.prefix,
  hash: row.hash,
  createdAt: row.created_at,
  expiresAt: row.expires_at ?? undefined,
  lastUsedAt: row.last_used_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
});

export class PostgresApiKeys implements ApiKeyRepository, ApiKeyDirectory {
  constructor(private readonly db: Database<WorkspaceSchema>) {}

  async find(id: string): Promise<ApiKey | undefined> {
    const row = await this.db.tx().selectFrom('api_key').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toApiKey(row);
  }

  async findByPrefix(prefix: string): Promise<ApiKey | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('api_key')
      .selectAll()
      .where('prefix', '=', prefix)
      .executeTakeFirst();
    return row && toApiKey(row);
  }

  async list(query: PageQuery): Promise<Page<ApiKey>> {
    return mapPage(await selectPage<Row>(this.db, { table: 'api_key', fields: FIELDS, query }), toApiKey);
  }

  async add(teamId: string, key: ApiKey): Promise<void> {
    await this.db
      .tx()
      .insertInto('api_key')
      .values({
        id: key.id,
        team_id: teamId,
        member_id: key.memberId,
        display_name: key.displayName,
        role: key.role,
        prefix: key.prefix,
        hash: key.hash,
        created_at: key.createdAt,
        expires_at: key.expiresAt ?? null,
        last_used_at: key.lastUsedAt ?? null,
        revoked_at: key.revokedAt ?? null,
      })
      .execute();
    await this.db.tx().insertInto('api_key_team').values({ prefix: key.prefix, team_id: teamId }).execute();
  }

  async markUsed(id: string, at: Date): Promise<void> {
    await this.db.tx().updateTable('api_key').set({ last_used_at: at }).where('id', '=', id).execute();
  }

  async revoke(id: string, at: Date): Promise<ApiKey | undefined> {
    const row = await this.db
      .tx()
      .updateTable('api_key')
      .set({ revoked_at: sql<Date>`coalesce(revoked_at, ${at})` })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    return row && toApiKey(row);
  }

  teamOf(prefix: string): Promise<string | undefined> {
    return this.db.runSystem(async () => {
      const row = await this.db
        .tx()
        .selectFrom('api_key_team')
        .select('team_id')
        .where('prefix', '=', prefix)
        .executeTakeFirst();
      return row?.team_id;
    });
  }
}
