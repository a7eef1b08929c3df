import type { Identity } from './identity.js';
import type { Member } from '../member/member.js';

/** Who is which member in the current transaction's team. */
export interface IdentityRepository {
  findMember(identity: Identity): Promise<Member | undefined>;
  /** The member with an address, in any case of letters, whom nobody of the issuer is yet. */
  findInvited(email: string, issuer: string): Promise<Member | undefined>;
  /** False when the person or the member was bound by somebody else in the meantime. */
  bind(teamId: string, memberId: string, identity: Identity): Promise<boolean>;
  /** Whoever was the member is it no longer. */
  release(memberId: string): Promise<void>;
}

/** Tells the teams of a person, when nobody has signed in yet. */
export interface IdentityDirectory {
  teamsOf(identity: Identity, email: string): Promise<readonly string[]>;
}
