import { Inject, Injectable } from '@nestjs/common';
import {
  displayName,
  findOrThrow,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { AuditRepository } from '../audit/audit.repository.js';
import { IdentityRepository } from '../identity/identity.repository.js';
import { teamNotFound } from '../team/team.errors.js';
import { TeamRepository } from '../team/team.repository.js';
import type { Actor } from './actor.js';
import { emailInvalid, lastAdmin, memberNotFound, roleMissing } from './member.errors.js';
import { type Member, type MemberRole, newMember } from './member.js';
import { MemberRepository } from './member.repository.js';

export interface MemberFields {
  readonly displayName: string;
  readonly email: string;
  readonly role: MemberRole | undefined;
}

/** Adds, changes and removes members; a team always keeps an admin. */
@Injectable()
export class MemberService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(MemberRepository) private readonly members: Port<MemberRepository>,
    @Inject(TeamRepository) private readonly teams: Pick<TeamRepository, 'lock'>,
    @Inject(AuditRepository) private readonly audit: Pick<AuditRepository, 'record'>,
    @Inject(IdentityRepository) private readonly identities: Pick<IdentityRepository, 'release'>,
  ) {}

  create(actor: Actor, fields: MemberFields): Promise<Member> {
    const member = newMember(
      {
        displayName: displayName(fields.displayName),
        email: parseEmail(fields.email),
        role: requireRole(fields.role),
      },
      new Date(),
    );
    return this.unitOfWork.run(actor.teamId, async () => {
      await this.members.insert(member);
      await this.audit.record(actor, 'MemberService/CreateMember', `member/${member.id}`, {
        display_name: member.displayName,
        role: member.role,
      });
      return member;
    });
  }

  /** Throws `not-found` MEMBER_NOT_FOUND. */
  get(actor: Actor, id: string): Promise<Member> {
    return this.unitOfWork.run(actor.teamId, () => this.need(id));
  }

  /** The oldest admin. Throws `not-found` TEAM_NOT_FOUND: every team has one. */
  firstAdmin(actor: Actor): Promise<Member> {
    return this.unitOfWork.run(actor.teamId, async () => {
      const [first] = await this.members.admins();
      if (first === undefined) throw teamNotFound(actor.teamId);
      return first;
    });
  }

  list(actor: Actor, query: PageQuery): Promise<Page<Member>> {
    return this.unitOfWork.run(actor.teamId, () => this.members.list(query));
  }

  /**
   * Throws `precondition` LAST_ADMIN. With another address another person may be meant: whoever signed in as
   * the member has to be recognised anew.
   */
  update(actor: Actor, id: string, change: Partial<MemberFields>): Promise<Member> {
    return this.unitOfWork.run(actor.teamId, async () => {
      await this.teams.lock(actor.teamId);
      const before = await this.need(id);
      const member: Member = {
        ...before,
        ...(change.displayName !== undefined && { displayName: displayName(change.displayName) }),
        ...(change.email !== undefined && { email: parseEmail(change.email) }),
        ...('role' in change && { role: requireRole(change.role) }),
        updateTime: new Date(),
      };
      if (member.role !== 'admin') await this.refuseLastAdmin(before);
      await this.members.update(member);
      if (member.email.toLowerCase() !== before.email.toLowerCase()) await this.identities.release(id);
      await this.audit.record(actor, 'MemberService/UpdateMember', `member/${id}`, {
        role_before: before.role,
        role_after: member.role,
        display_name: member.displayName,
      });
      return member;
    });
  }

  /** Removes the member and its keys. Throws `precondition` LAST_ADMIN. */
  delete(actor: Actor, id: string): Promise<void> {
    return this.unitOfWork.run(actor.teamId, async () => {
      await this.teams.lock(actor.teamId);
      const member = await this.need(id);
      await this.refuseLastAdmin(member);
      await this.members.delete(id);
      await this.audit.record(actor, 'MemberService/DeleteMember', `member/${id}`, {
        display_name: member.displayName,
      });
    });
  }

  private async refuseLastAdmin(member: Member): Promise<void> {
    if (member.role !== 'admin') return;
    const admins = await this.members.admins();
    if (admins.length === 1) throw lastAdmin(member.id);
  }

  private need(id: string): Promise<Member> {
    return findOrThrow(this.members, id, memberNotFound);
  }
}

function parseEmail(text: string): string {
  const email = text.trim();
  if (email !== '' && !/^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/.test(email)) throw emailInvalid(email);
  return email;
}

function requireRole(role: MemberRole | undefined): MemberRole {
  if (role === undefined) throw roleMissing();
  return role;
}
