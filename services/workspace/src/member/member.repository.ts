import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { RoleSchema } from '@noema/contracts/noema/workspace/v1/member';
import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import { Database, isUniqueViolation, type PageField, selectPage } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { WorkspaceSchema } from '../schema.js';
import { emailTaken } from './member.errors.js';
import type { Member } from './member.js';

type Row = Selectable<WorkspaceSchema['member']>;

const FIELDS: Readonly<Record<string, PageField>> = {
  display_name: { column: 'display_name', type: 'string' },
  email: { column: 'email', type: 'string' },
  role: { column: 'role', type: enumField(RoleSchema) },
  create_time: { column: 'created_at', type: 'timestamp' },
};

export const toMember = (row: Row): Member => ({
  id: row.id,
  displayName: row.display_name,
  email: row.email,
  role: row.role,
  createTime: row.created_at,
  updateTime: row.updated_at,
});

/** Stores the members of the team of the ambient transaction. */
@Injectable()
export class MemberRepository {
  constructor(@Inject(Database) private readonly db: Database<WorkspaceSchema>) {}

  async find(id: string): Promise<Member | undefined> {
    const row = await this.db.tx().selectFrom('member').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toMember(row);
  }

  async list(query: PageQuery): Promise<Page<Member>> {
    return mapPage(await selectPage<Row>(this.db, { table: 'member', fields: FIELDS, query }), toMember);
  }

  /** Lists the admins, the oldest first. */
  async admins(): Promise<readonly Member[]> {
    const rows = await this.db
      .tx()
      .selectFrom('member')
      .selectAll()
      .where('role', '=', 'admin')
      .orderBy('id')
      .execute();
    return rows.map(toMember);
  }

  /** Throws `exists` MEMBER_EMAIL_TAKEN. */
  insert(m: Member): Promise<void> {
    return this.write(m, () =>
      this.db
        .tx()
        .insertInto('member')
        .values({
          id: m.id,
          team_id: this.db.teamId()!,
          display_name: m.displayName,
          email: m.email,
          role: m.role,
          created_at: m.createTime,
          updated_at: m.updateTime,
        })
        .execute(),
    );
  }

  /** Throws `exists` MEMBER_EMAIL_TAKEN. */
  update(m: Member): Promise<void> {
    return this.write(m, () =>
      this.db
        .tx()
        .updateTable('member')
        .set({ display_name: m.displayName, email: m.email, role: m.role, updated_at: m.updateTime })
        .where('id', '=', m.id)
        .execute(),
    );
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom('member').where('id', '=', id).execute();
  }

  private async write(member: Member, statement: () => Promise<unknown>): Promise<void> {
    try {
      await statement();
    } catch (error) {
      if (isUniqueViolation(error, 'member_email')) throw emailTaken(member.email);
      throw error;
    }
  }
}
