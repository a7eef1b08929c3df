import type { Page, PageQuery, UnitOfWork } from '@noema/kernel';
import type { Actor } from './actor.js';
import type { AuditEntry } from './audit.js';
import type { AuditLog } from './audit.ports.js';

/** Lets admins read what was changed. */
export class AuditReader {
  constructor(private readonly work: UnitOfWork, private readonly log: AuditLog) {}

  list(actor: Actor, query: PageQuery): Promise<Page<AuditEntry>> {
    return this.work.run(actor.teamId, () => this.log.list(query));
  }
}
