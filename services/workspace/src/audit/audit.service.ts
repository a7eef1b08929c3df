import { Inject, Injectable } from '@nestjs/common';
import type { Page, PageQuery, UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { Actor } from '../member/actor.js';
import type { AuditEntry } from './audit.js';
import { AuditRepository } from './audit.repository.js';

/** Lets admins read what was changed, here and in the other services. */
@Injectable()
export class AuditService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(AuditRepository) private readonly audit: Pick<AuditRepository, 'append' | 'list'>,
  ) {}

  /** Takes an entry of another service; to be called in a transaction of the team. */
  append(teamId: string, entry: AuditEntry): Promise<void> {
    return this.unitOfWork.run(teamId, () => this.audit.append(entry));
  }

  list(actor: Actor, query: PageQuery): Promise<Page<AuditEntry>> {
    return this.unitOfWork.run(actor.teamId, () => this.audit.list(query));
  }
}
