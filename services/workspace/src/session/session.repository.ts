import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@noema/postgres';
import type { WorkspaceSchema } from '../schema.js';

/** Stores the sessions of browsers that ended before their time, in a transaction of any team. */
@Injectable()
export class SessionRepository {
  constructor(@Inject(Database) private readonly db: Database<WorkspaceSchema>) {}

  async has(sessionId: string): Promise<boolean> {
    return (
      (await this.db
        .tx()
        .selectFrom('ended_session')
        .select('id')
        .where('id', '=', sessionId)
        .executeTakeFirst()) !== undefined
    );
  }

  /** Adds a session, and deletes sessions that ended before a time. */
  async insert(sessionId: string, endedAt: Date, forgetBefore: Date): Promise<void> {
    await this.db.tx().deleteFrom('ended_session').where('ended_at', '<', forgetBefore).execute();
    await this.db
      .tx()
      .insertInto('ended_session')
      .values({ id: sessionId, ended_at: endedAt })
      .onConflict((c) => c.doNothing())
      .execute();
  }
}
