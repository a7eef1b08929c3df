import type { UnitOfWork } from '@noema/kernel';
import type { AuditLog } from '../audit/audit.ports.js';
import type { Identity, Membership } from './identity.js';
import { identityIncomplete, identityUnknown } from './identity.errors.js';
import type { IdentityDirectory, IdentityRepository } from './identity.ports.js';
import type { Member } from '../member/member.js';
import type { Sessions } from '../session/session.service.js';
import type { TokenIssuer } from '../token/token.ports.js';
import type { SignedIn } from '../token/token.service.js';
import type { TeamRepository } from '../team/team.ports.js';

export interface IdentityPorts {
  readonly work: UnitOfWork;
  readonly directory: IdentityDirectory;
  readonly identities: IdentityRepository;
  readonly teams: TeamRepository;
  readonly audit: AuditLog;
  readonly issuer: TokenIssuer;
  readonly sessions: Sessions;
}

/** Turns people for whom an identity provider vouches into members whom admins have added. */
export class Identities {
  constructor(private readonly ports: IdentityPorts) {}

  /**
   * The teams of a person, by name; `verifiedEmail` makes the person every invited member with that address
   * first, empty for none.
   */
  async signIn(identity: Identity, verifiedEmail: string): Promise<readonly Membership[]> {
    checked(identity);
    const found: Membership[] = [];
    for (const teamId of await this.ports.directory.teamsOf(identity, verifiedEmail)) {
      const membership = await this.ports.work.run(teamId, () =>
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
    return this.ports.work.run(teamId, async () => {
      await this.ports.sessions.check(sessionId);
      const member = await this.ports.identities.findMember(identity);
      const team = await this.ports.teams.find(teamId);
      if (member === undefined || team === undefined) throw identityUnknown();
      const principal = { teamId, subject: member.id, role: member.role };
      return {
        ...principal,
        ...(await this.ports.issuer.sign({
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
    const member =
      (await this.ports.identities.findMember(identity)) ?? (await this.bind(teamId, identity, email));
    const team = await this.ports.teams.find(teamId);
    return (
      member && team && { teamId, teamDisplayName: team.displayName, memberId: member.id, role: member.role }
    );
  }

  private async bind(teamId: string, identity: Identity, email: string): Promise<Member | undefined> {
    const { identities, audit } = this.ports;
    const invited = email === '' ? undefined : await identities.findInvited(email, identity.issuer);
    // another request of the same person may have been faster
    if (invited === undefined) return identities.findMember(identity);
    if (!(await identities.bind(teamId, invited.id, identity))) return identities.findMember(identity);
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
