import type { Database } from '@noema/postgres';
import type { EndedSessions } from './session.ports.js';
import type { WorkspaceSchema } from '../schema.js';

export class PostgresEndedSessions implements EndedSessions {
  constructor(private readonly db: Database<WorkspaceSchema>) {}

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

  async add(sessionId: string, endedAt: Date, forgetBefore: Date): Promise<void> {
    await this.db.tx().deleteFrom('ended_session').where('ended_at', '<', forgetBefore).execute();
    await this.db
      .tx()
      .insertInto('ended_session')
      .values({ id: sessionId, ended_at: endedAt })
      .onConflict((c) => c.doNothing())
      .execute();
  }
}
