import type { Page, PageQuery } from '@noema/kernel';
import type { Member } from './member.js';

/** The members of the current transaction's team. */
export interface MemberRepository {
  find(id: string): Promise<Member | undefined>;
  list(query: PageQuery): Promise<Page<Member>>;
  /** The admins, the oldest first. */
  admins(): Promise<readonly Member[]>;
  /** Throws `exists` MEMBER_EMAIL_TAKEN. */
  add(teamId: string, member: Member): Promise<void>;
  /** Throws `exists` MEMBER_EMAIL_TAKEN. */
  save(member: Member): Promise<void>;
  delete(id: string): Promise<void>;
}
