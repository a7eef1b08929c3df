import { Inject, Injectable } from '@nestjs/common';
import { mapPage, type Page, type PageQuery, uuidv7 } from '@noema/kernel';
import { Database, type PageField, selectPage } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { Actor } from '../member/actor.js';
import type { WorkspaceSchema } from '../schema.js';
import type { AuditEntry } from './audit.js';

type Row = Selectable<WorkspaceSchema['audit_entry']>;

const FIELDS: Readonly<Record<string, PageField>> = {
  subject: { column: 'subject', type: 'string' },
  action: { column: 'action', type: 'string' },
  resource: { column: 'resource', type: 'string' },
  create_time: { column: 'created_at', type: 'timestamp' },
};

const toEntry = ({ id, subject, action, resource, details, created_at }: Row): AuditEntry => ({
  id,
  subject,
  action,
  resource,
  details,
  createTime: created_at,
});

/** Stores the changes of a team, in the transaction that makes them. */
@Injectable()
export class AuditRepository {
  constructor(@Inject(Database) private readonly db: Database<WorkspaceSchema>) {}

  /** Adds a change of this service. `action` is `Service/Rpc`; details never hold secrets. */
  async record(
    actor: Actor,
    action: string,
    resource: string,
    details: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.db
      .tx()
      .insertInto('audit_entry')
      .values({
        id: uuidv7(),
        team_id: actor.teamId,
        subject: actor.subject,
        action: `noema.workspace.v1.${action}`,
        resource,
        details: JSON.stringify(details),
        created_at: new Date(),
      })
      .execute();
  }

  /** Adds an entry of another service; the same id twice is one entry. */
  async append({ id, subject, action, resource, details, createTime }: AuditEntry): Promise<void> {
    await this.db
      .tx()
      .insertInto('audit_entry')
      .values({
        id,
        team_id: this.db.teamId()!,
        subject,
        action,
        resource,
        details: JSON.stringify(details),
        created_at: createTime,
      })
      .onConflict((c) => c.doNothing())
      .execute();
  }

  async list(query: PageQuery): Promise<Page<AuditEntry>> {
    return mapPage(await selectPage<Row>(this.db, { table: 'audit_entry', fields: FIELDS, query }), toEntry);
  }
}
