import { Inject, Injectable } from '@nestjs/common';
import { TokenSigner } from '@noema/auth';
import type { Port, UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { AuditRepository } from '../audit/audit.repository.js';
import type { Member } from '../member/member.js';
import { SessionService } from '../session/session.service.js';
import { TeamRepository } from '../team/team.repository.js';
import type { SignedIn } from '../token/token.service.js';
import { identityIncomplete, identityUnknown } from './identity.errors.js';
import type { Identity, Membership } from './identity.js';
import { IdentityRepository } from './identity.repository.js';

/** Turns people for whom an identity provider vouches into members whom admins have added. */
@Injectable()
export class IdentityService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(IdentityRepository) private readonly identities: Port<IdentityRepository>,
    @Inject(TeamRepository) private readonly teams: Pick<TeamRepository, 'find'>,
    @Inject(AuditRepository) private readonly audit: Pick<AuditRepository, 'record'>,
    @Inject(TokenSigner) private readonly signer: Pick<TokenSigner, 'sign'>,
    @Inject(SessionService) private readonly sessions: Pick<SessionService, 'check'>,
  ) {}

  /**
   * The teams of a person, by name; `verifiedEmail` makes the person every invited member with that address
   * first, empty for none.
   */
  async signIn(identity: Identity, verifiedEmail: string): Promise<readonly Membership[]> {
    checked(identity);
    const found: Membership[] = [];
    for (const teamId of await this.identities.findTeams(identity, verifiedEmail)) {
      const membership = await this.unitOfWork.run(teamId, () =>
        this.membershipIn(teamId, identity, verifiedEmail),
      );
      if (membership !== undefined) found.push(membership);
    }
    return found.sort(
      (a, b) => a.teamDisplayName.localeCompare(b.teamDisplayName, 'en') || (a.teamId < b.teamId ? -1 : 1),
    );
  }

  /**
   * A token of a person in a team. Throws `unauthenticated` IDENTITY_UNKNOWN, and SESSION_INVALID when the
   * session in whose name it is asked has ended.
   */
  exchange(teamId: string, identity: Identity, sessionId = ''): Promise<SignedIn> {
    checked(identity);
    return this.unitOfWork.run(teamId, async () => {
      await this.sessions.check(sessionId);
      const member = await this.identities.findMember(identity);
      const team = await this.teams.find(teamId);
      if (member === undefined || team === undefined) throw identityUnknown();
      const principal = { teamId, subject: member.id, role: member.role };
      return {
        ...principal,
        ...(await this.signer.sign({
          ...principal,
          requestsPerMinute: team.quota.maxRequestsPerMinute,
        })),
      };
    });
  }

  private async membershipIn(
    teamId: string,
    identity: Identity,
    email: string,
  ): Promise<Membership | undefined> {
    const member = (await this.identities.findMember(identity)) ?? (await this.bind(teamId, identity, email));
    const team = await this.teams.find(teamId);
    return (
      member && team && { teamId, teamDisplayName: team.displayName, memberId: member.id, role: member.role }
    );
  }

  private async bind(teamId: string, identity: Identity, email: string): Promise<Member | undefined> {
    const { identities, audit } = this;
    const invited = email === '' ? undefined : await identities.findInvited(email, identity.issuer);
    // another request of the same person may have been faster
    if (invited === undefined) return identities.findMember(identity);
    if (!(await identities.bind(invited.id, identity))) return identities.findMember(identity);
    await audit.record(
      { teamId, subject: invited.id },
      'IdentityService/SignInIdentity',
      `member/${invited.id}`,
      { issuer: identity.issuer, subject: identity.subject, email: invited.email },
    );
    return invited;
  }
}

function checked({ issuer, subject }: Identity): void {
  if (issuer === '') throw identityIncomplete('issuer');
  if (subject === '') throw identityIncomplete('subject');
}
