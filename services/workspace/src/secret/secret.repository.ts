import { Inject, Injectable } from '@nestjs/common';
import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import { Database, isUniqueViolation, type PageField, selectPage } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { SealedValue } from '../crypto/envelope-sealer.js';
import type { WorkspaceSchema } from '../schema.js';
import { secretNameTaken } from './secret.errors.js';
import type { Secret } from './secret.js';

type Row = Omit<Selectable<WorkspaceSchema['secret']>, keyof SealedRow>;
type SealedRow = Pick<Selectable<WorkspaceSchema['secret']>, 'key_id' | 'wrapped_key' | 'sealed'>;

const FIELDS: Readonly<Record<string, PageField>> = {
  name: { column: 'name', type: 'string' },
  create_time: { column: 'created_at', type: 'timestamp' },
  update_time: { column: 'updated_at', type: 'timestamp' },
};

const toSecret = ({ id, name, created_at, updated_at }: Row): Secret => ({
  id,
  name,
  createTime: created_at,
  updateTime: updated_at,
});

const fromValue = ({ keyId, wrappedKey, sealed }: SealedValue): SealedRow => ({
  key_id: keyId ?? null,
  wrapped_key: wrappedKey === undefined ? null : Buffer.from(wrappedKey),
  sealed: Buffer.from(sealed),
});
const toValue = ({ key_id, wrapped_key, sealed }: SealedRow): SealedValue => ({
  keyId: key_id ?? undefined,
  wrappedKey: wrapped_key ?? undefined,
  sealed,
});

/** Rows that a rotation holds at a time. */
const BATCH = 50;

/** Stores the secrets of the team of the ambient transaction. */
@Injectable()
export class SecretRepository {
  constructor(@Inject(Database) private readonly db: Database<WorkspaceSchema>) {}

  async find(id: string): Promise<Secret | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('secret')
      .select(['id', 'team_id', 'name', 'created_at', 'updated_at'])
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toSecret(row);
  }

  async list(query: PageQuery): Promise<Page<Secret>> {
    return mapPage(await selectPage<Row>(this.db, { table: 'secret', fields: FIELDS, query }), toSecret);
  }

  /** Throws `exists` SECRET_NAME_TAKEN. */
  async insert(s: Secret, value: SealedValue): Promise<void> {
    try {
      await this.db
        .tx()
        .insertInto('secret')
        .values({
          id: s.id,
          team_id: this.db.teamId()!,
          name: s.name,
          ...fromValue(value),
          created_at: s.createTime,
          updated_at: s.updateTime,
        })
        .execute();
    } catch (error) {
      if (isUniqueViolation(error, 'secret_name')) throw secretNameTaken(s.name);
      throw error;
    }
  }

  async replace(s: Secret, value: SealedValue): Promise<void> {
    await this.db
      .tx()
      .updateTable('secret')
      .set({ ...fromValue(value), updated_at: s.updateTime })
      .where('id', '=', s.id)
      .execute();
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom('secret').where('id', '=', id).execute();
  }

  async findByName(
    name: string,
  ): Promise<{ readonly secret: Secret; readonly value: SealedValue } | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('secret')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirst();
    return row && { secret: toSecret(row), value: toValue(row) };
  }

  /** Locks some values that another key than this one wraps, until the end of the transaction. */
  async lockOthers(keyId: string): Promise<readonly { readonly id: string; readonly value: SealedValue }[]> {
    const rows = await this.db
      .tx()
      .selectFrom('secret')
      .selectAll()
      .where('key_id', 'is distinct from', keyId)
      .orderBy('id')
      .limit(BATCH)
      .forUpdate()
      .execute();
    return rows.map((row) => ({ id: row.id, value: toValue(row) }));
  }

  /** Writes the value in another envelope; the update time stays. */
  async rewrite(id: string, value: SealedValue): Promise<void> {
    await this.db.tx().updateTable('secret').set(fromValue(value)).where('id', '=', id).execute();
  }
}
