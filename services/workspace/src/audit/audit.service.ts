import type { Page, PageQuery, UnitOfWork } from '@noema/kernel';
import type { Actor } from '../member/actor.js';
import type { AuditEntry } from './audit.js';
import type { AuditLog } from './audit.ports.js';

/** Lets admins read what was changed, here and in the other services. */
export class AuditReader {
  constructor(
    private readonly work: UnitOfWork,
    private readonly log: AuditLog,
  ) {}

  /** Takes an entry of another service; to be called in a transaction of the team. */
  append(teamId: string, entry: AuditEntry): Promise<void> {
    return this.work.run(teamId, () => this.log.append(teamId, entry));
  }

  list(actor: Actor, query: PageQuery): Promise<Page<AuditEntry>> {
    return this.work.run(actor.teamId, () => this.log.list(query));
  }
}
