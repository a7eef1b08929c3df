import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@noema/postgres';
import { sql } from 'kysely';
import type { Member } from '../member/member.js';
import { toMember } from '../member/member.repository.js';
import type { WorkspaceSchema } from '../schema.js';
import type { Identity } from './identity.js';

/** Stores who is which member, for the team of the ambient transaction. */
@Injectable()
export class IdentityRepository {
  constructor(@Inject(Database) private readonly db: Database<WorkspaceSchema>) {}

  async findMember({ issuer, subject }: Identity): Promise<Member | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('member')
      .innerJoin('identity', 'identity.member_id', 'member.id')
      .selectAll('member')
      .where('identity.issuer', '=', issuer)
      .where('identity.subject', '=', subject)
      .executeTakeFirst();
    return row && toMember(row);
  }

  /** Finds the member with an address, in any case of letters, whom no person of the issuer is yet. */
  async findInvited(email: string, issuer: string): Promise<Member | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('member')
      .selectAll()
      .where(sql<string>`lower(email)`, '=', sql<string>`lower(${email})`)
      .where('email', '<>', '')
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom('identity')
              .select('subject')
              .whereRef('identity.member_id', '=', 'member.id')
              .where('identity.issuer', '=', issuer),
          ),
        ),
      )
      .executeTakeFirst();
    return row && toMember(row);
  }

  /** Returns false when the person or the member was bound by another request in the meantime. */
  async bind(memberId: string, { issuer, subject }: Identity): Promise<boolean> {
    const row = await this.db
      .tx()
      .insertInto('identity')
      .values({ team_id: this.db.teamId()!, member_id: memberId, issuer, subject, created_at: new Date() })
      .onConflict((c) => c.doNothing())
      .returning('member_id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Whoever was the member is it no longer. */
  async release(memberId: string): Promise<void> {
    await this.db.tx().deleteFrom('identity').where('member_id', '=', memberId).execute();
  }

  /** Finds the teams of a person before anybody is signed in. */
  findTeams({ issuer, subject }: Identity, email: string): Promise<readonly string[]> {
    return this.db.runSystem(async () => {
      const bound = this.db
        .tx()
        .selectFrom('identity')
        .select('team_id')
        .where('issuer', '=', issuer)
        .where('subject', '=', subject);
      const invited = this.db
        .tx()
        .selectFrom('member')
        .select('team_id')
        .where('email', '<>', '')
        .where(sql<string>`lower(email)`, '=', sql<string>`lower(${email})`);
      const rows = await (email === '' ? bound : bound.union(invited)).execute();
      return rows.map((row) => row.team_id);
    });
  }
}
