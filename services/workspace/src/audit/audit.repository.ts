import { mapPage, type Page, type PageQuery, uuidv7 } from '@noema/kernel';
import { type Database, type PageField, selectPage } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { Actor } from '../member/actor.js';
import type { AuditEntry } from './audit.js';
import type { AuditLog } from './audit.ports.js';
import type { WorkspaceSchema } from '../schema.js';

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
  createdAt: created_at,
});

export class PostgresAuditLog implements AuditLog {
  constructor(private readonly db: Database<WorkspaceSchema>) {}

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

  async append(
    teamId: string,
    { id, subject, action, resource, details, createdAt }: AuditEntry,
  ): Promise<void> {
    await this.db
      .tx()
      .insertInto('audit_entry')
      .values({
        id,
        team_id: teamId,
        subject,
        action,
        resource,
        details: JSON.stringify(details),
        created_at: createdAt,
      })
      .onConflict((c) => c.doNothing())
      .execute();
  }

  async list(query: PageQuery): Promise<Page<AuditEntry>> {
    return mapPage(await selectPage<Row>(this.db, { table: 'audit_entry', fields: FIELDS, query }), toEntry);
  }
}
