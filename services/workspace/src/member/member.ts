import { uuidv7 } from '@noema/kernel';

/** Roles of members; each includes the ones before it. */
export type MemberRole = 'viewer' | 'editor' | 'admin';

/** A person or program in a team. */
export interface Member {
  readonly id: string;
  readonly displayName: string;
  /** Empty for a program. */
  readonly email: string;
  readonly role: MemberRole;
  readonly createTime: Date;
  readonly updateTime: Date;
}

const RANK: Readonly<Record<MemberRole, number>> = { viewer: 0, editor: 1, admin: 2 };

/** The lesser of two roles. */
export const lesserRole = (a: MemberRole, b: MemberRole): MemberRole => (RANK[a] <= RANK[b] ? a : b);

export const newMember = (fields: Pick<Member, 'displayName' | 'email' | 'role'>, now: Date): Member => ({
  ...fields,
  id: uuidv7(),
  createTime: now,
  updateTime: now,
});
