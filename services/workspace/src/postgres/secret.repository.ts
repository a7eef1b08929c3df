import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import { type Database, isUniqueViolation, type PageField, selectPage } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { Secret } from '../domain/secret.js';
import { secretNameTaken } from '../domain/secret.errors.js';
import type { SecretRepository } from '../domain/secret.ports.js';
import type { WorkspaceSchema } from './schema.js';

type Row = Omit<Selectable<WorkspaceSchema['secret']>, 'sealed'>;

const FIELDS: Readonly<Record<string, PageField>> = {
  name: { column: 'name', type: 'string' },
  create_time: { column: 'created_at', type: 'timestamp' },
  update_time: { column: 'updated_at', type: 'timestamp' },
};

const toSecret = ({ id, name, created_at, updated_at }: Row): Secret => ({ id, name, createdAt: created_at, updatedAt: updated_at });

export class PostgresSecrets implements SecretRepository {
  constructor(private readonly db: Database<WorkspaceSchema>) {}

  async find(id: string): Promise<Secret | undefined> {
    const row = await this.db.tx().selectFrom('secret').select(['id', 'team_id', 'name', 'created_at', 'updated_at']).where('id', '=', id).executeTakeFirst();
    return row && toSecret(row);
  }

  async list(query: PageQuery): Promise<Page<Secret>> {
    return mapPage(await selectPage<Row>(this.db, { table: 'secret', fields: FIELDS, query }), toSecret);
  }

  async add(teamId: string, s: Secret, sealed: Uint8Array): Promise<void> {
    try {
      await this.db.tx().insertInto('secret').values({ id: s.id, team_id: teamId, name: s.name, sealed: Buffer.from(sealed), created_at: s.createdAt, updated_at: s.updatedAt }).execute();
    } catch (error) {
      if (isUniqueViolation(error, 'secret_name')) throw secretNameTaken(s.name);
      throw error;
    }
  }

  async replace(s: Secret, sealed: Uint8Array): Promise<void> {
    await this.db.tx().updateTable('secret').set({ sealed: Buffer.from(sealed), updated_at: s.updatedAt }).where('id', '=', s.id).execute();
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom('secret').where('id', '=', id).execute();
  }
}
