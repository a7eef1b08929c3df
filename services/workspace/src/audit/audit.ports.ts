import type { Page, PageQuery } from '@noema/kernel';
import type { Actor } from '../member/actor.js';
import type { AuditEntry } from './audit.js';

/** The changes of a team, written in the transaction that makes them. */
export interface AuditLog {
  /** `action` is `Service/Rpc`; details never hold secrets. */
  record(
    actor: Actor,
    action: string,
    resource: string,
    details?: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** An entry that was made elsewhere; the same id twice is one entry. */
  append(teamId: string, entry: AuditEntry): Promise<void>;
  list(query: PageQuery): Promise<Page<AuditEntry>>;
}
