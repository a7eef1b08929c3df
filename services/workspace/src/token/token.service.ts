import { Inject, Injectable } from '@nestjs/common';
import { apiKeyInvalid, apiKeyMatches, apiKeyPrefix, TokenSigner } from '@noema/auth';
import type { UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { isNewUse, isUsable } from '../api-key/api-key.js';
import { ApiKeyRepository } from '../api-key/api-key.repository.js';
import type { Actor } from '../member/actor.js';
import { lesserRole, type Member, type MemberRole } from '../member/member.js';
import { MemberRepository } from '../member/member.repository.js';
import { SessionService } from '../session/session.service.js';
import { teamNotFound } from '../team/team.errors.js';
import type { Team } from '../team/team.js';
import { TeamRepository } from '../team/team.repository.js';

export interface SignedIn {
  readonly token: string;
  readonly expiresAt: Date;
  readonly teamId: string;
  readonly subject: string;
  readonly role: MemberRole;
}

/** Turns API keys into tokens. */
@Injectable()
export class TokenService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ApiKeyRepository)
    private readonly keys: Pick<ApiKeyRepository, 'findTeam' | 'findByPrefix' | 'markUsed'>,
    @Inject(MemberRepository) private readonly members: Pick<MemberRepository, 'find'>,
    @Inject(TeamRepository) private readonly teams: Pick<TeamRepository, 'find'>,
    @Inject(TokenSigner) private readonly signer: Pick<TokenSigner, 'sign'>,
    @Inject(SessionService) private readonly sessions: Pick<SessionService, 'check'>,
  ) {}

  /**
   * Throws `unauthenticated` API_KEY_INVALID for a key that is malformed, unknown, revoked or expired, and
   * SESSION_INVALID when the session in whose name it is asked has ended.
   */
  async exchange(text: string, sessionId = ''): Promise<SignedIn> {
    const { unitOfWork, keys, members, teams, signer, sessions } = this;
    const prefix = apiKeyPrefix(text);
    const teamId = await keys.findTeam(prefix);
    if (teamId === undefined) throw apiKeyInvalid();
    return unitOfWork.run(teamId, async () => {
      await sessions.check(sessionId);
      const now = new Date();
      const key = await keys.findByPrefix(prefix);
      if (key === undefined || !apiKeyMatches(text, key.hash) || !isUsable(key, now)) throw apiKeyInvalid();
      const member = await members.find(key.memberId);
      const team = await teams.find(teamId);
      if (member === undefined || team === undefined) throw apiKeyInvalid();
      if (isNewUse(key, now)) await keys.markUsed(key.id, now);
      const principal = { teamId, subject: member.id, role: lesserRole(key.role, member.role) };
      return {
        ...principal,
        ...(await signer.sign({
          ...principal,
          requestsPerMinute: team.quota.maxRequestsPerMinute,
          apiKeyId: key.id,
        })),
      };
    });
  }

  /** The caller's team and, unless it is a service, member. */
  self(actor: Actor): Promise<{ readonly team: Team; readonly member: Member | undefined }> {
    const { unitOfWork, teams, members } = this;
    return unitOfWork.run(actor.teamId, async () => {
      const team = await teams.find(actor.teamId);
      if (team === undefined) throw teamNotFound(actor.teamId);
      return {
        team,
        member: /^[0-9a-f-]{36}$/.test(actor.subject) ? await members.find(actor.subject) : undefined,
      };
    });
  }
}
