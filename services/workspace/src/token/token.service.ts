import type { Clock, DomainError, UnitOfWork } from '@noema/kernel';
import type { Actor } from '../member/actor.js';
import { isNewUse, isUsable } from '../api-key/api-key.js';
import type { ApiKeyDirectory, ApiKeyMint, ApiKeyRepository } from '../api-key/api-key.ports.js';
import { lesserRole, type Member, type MemberRole } from '../member/member.js';
import type { MemberRepository } from '../member/member.ports.js';
import type { Sessions } from '../session/session.service.js';
import type { TokenIssuer } from './token.ports.js';
import type { Team } from '../team/team.js';
import { teamNotFound } from '../team/team.errors.js';
import type { TeamRepository } from '../team/team.ports.js';

export interface SignedIn {
  readonly token: string;
  readonly expiresAt: Date;
  readonly teamId: string;
  readonly subject: string;
  readonly role: MemberRole;
}

export interface SignInPorts {
  readonly work: UnitOfWork;
  readonly directory: ApiKeyDirectory;
  readonly keys: ApiKeyRepository;
  readonly members: MemberRepository;
  readonly teams: TeamRepository;
  readonly mint: ApiKeyMint;
  readonly issuer: TokenIssuer;
  readonly sessions: Sessions;
  readonly clock: Clock;
  /** One error for everything that is wrong with a key. */
  readonly refused: () => DomainError;
}

/** Turns API keys into tokens. */
export class SignIn {
  constructor(private readonly ports: SignInPorts) {}

  /**
   * Throws `unauthenticated` API_KEY_INVALID for a key that is malformed, unknown, revoked or expired, and
   * SESSION_INVALID when the session in whose name it is asked has ended.
   */
  async exchange(text: string, sessionId = ''): Promise<SignedIn> {
    const { work, directory, keys, members, teams, mint, issuer, sessions, clock, refused } = this.ports;
    const prefix = mint.prefixOf(text);
    const teamId = await directory.teamOf(prefix);
    if (teamId === undefined) throw refused();
    return work.run(teamId, async () => {
      await sessions.check(sessionId);
      const now = clock.now();
      const key = await keys.findByPrefix(prefix);
      if (key === undefined || !mint.matches(text, key.hash) || !isUsable(key, now)) throw refused();
      const member = await members.find(key.memberId);
      const team = await teams.find(teamId);
      if (member === undefined || team === undefined) throw refused();
      if (isNewUse(key, now)) await keys.markUsed(key.id, now);
      const principal = { teamId, subject: member.id, role: lesserRole(key.role, member.role) };
      return {
        ...principal,
        ...(await issuer.sign({ ...principal, requestsPerMinute: team.quota.maxRequestsPerMinute })),
      };
    });
  }

  /** The caller's team and, unless it is a service, member. */
  self(actor: Actor): Promise<{ readonly team: Team; readonly member: Member | undefined }> {
    const { work, teams, members } = this.ports;
    return work.run(actor.teamId, async () => {
      const team = await teams.find(actor.teamId);
      if (team === undefined) throw teamNotFound(actor.teamId);
      return {
        team,
        member: /^[0-9a-f-]{36}$/.test(actor.subject) ? await members.find(actor.subject) : undefined,
      };
    });
  }
}
