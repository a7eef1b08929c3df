import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { RoleSchema } from '@noema/contracts/noema/workspace/v1/member';
import type { Page, PageQuery } from '@noema/kernel';
import { Database, isUniqueViolation, type PageField, ResourceRepository } from '@noema/postgres';
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

const toRow = ({ displayName, email, role, updateTime }: Member) => ({
  display_name: displayName,
  email,
  role,
  updated_at: updateTime,
});

/** Stores the members of the team of the ambient transaction. */
@Injectable()
export class MemberRepository extends ResourceRepository<Row, Member> {
  constructor(@Inject(Database) db: Database<WorkspaceSchema>) {
    super(db, { table: 'member', fields: FIELDS });
  }

  list(query: PageQuery): Promise<Page<Member>> {
    return this.selectPage({}, query);
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
    return (rows as Row[]).map(toMember);
  }

  /** Throws `exists` MEMBER_EMAIL_TAKEN. */
  insert(m: Member): Promise<void> {
    return this.write(m, () => this.insertRow({ id: m.id, created_at: m.createTime, ...toRow(m) }));
  }

  /** Throws `exists` MEMBER_EMAIL_TAKEN. */
  update(m: Member): Promise<void> {
    return this.write(m, () => this.updateRow(m.id, toRow(m)));
  }

  protected toResource(row: Row): Member {
    return toMember(row);
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
