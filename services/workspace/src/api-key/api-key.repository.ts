import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { RoleSchema } from '@noema/contracts/noema/workspace/v1/member';
import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import { Database, type PageField, selectPage } from '@noema/postgres';
import { type Selectable, sql } from 'kysely';
import type { WorkspaceSchema } from '../schema.js';
import type { ApiKey } from './api-key.js';

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
  createTime: row.created_at,
  expireTime: row.expires_at ?? undefined,
  lastUseTime: row.last_used_at ?? undefined,
  revokeTime: row.revoked_at ?? undefined,
});

/** Stores API keys of the team of the ambient transaction. */
@Injectable()
export class ApiKeyRepository {
  constructor(@Inject(Database) private readonly db: Database<WorkspaceSchema>) {}

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

  async insert(key: ApiKey): Promise<void> {
    const teamId = this.db.teamId()!;
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
        created_at: key.createTime,
        expires_at: key.expireTime ?? null,
        last_used_at: key.lastUseTime ?? null,
        revoked_at: key.revokeTime ?? null,
      })
      .execute();
    await this.db.tx().insertInto('api_key_team').values({ prefix: key.prefix, team_id: teamId }).execute();
  }

  /** Writes the time of the last use and no other column, so that it cannot undo a concurrent revocation. */
  async markUsed(id: string, at: Date): Promise<void> {
    await this.db.tx().updateTable('api_key').set({ last_used_at: at }).where('id', '=', id).execute();
  }

  /** Returns the key, revoked; the first revocation counts. `undefined` if no such key exists. */
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

  /** Finds the team of a key before anybody is signed in. */
  findTeam(prefix: string): Promise<string | undefined> {
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
