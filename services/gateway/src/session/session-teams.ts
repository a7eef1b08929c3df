import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { create, type Message } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  ListSessionTeamsResponseSchema,
  SwitchSessionTeamResponseSchema,
} from '@noema/contracts/noema/gateway/v1/session_service';
import {
  GetSelfRequestSchema,
  type GetSelfResponse,
  TokenService,
} from '@noema/contracts/noema/workspace/v1/token_service';
import { AccessTokens } from '../credential/access-tokens.js';
import type { PersonCredential } from '../credential/credential.js';
import { sessionInvalid, teamUnknown } from './session.errors.js';
import { type Session, SessionSeal } from './session-seal.js';
import { type UpstreamCall, Upstreams } from '../upstream/upstreams.js';
import { WorkspaceIdentities } from '../peers/workspace-identities.js';
import { setSessionCookie } from './session-cookie.js';

export interface TeamSwitch {
  readonly session: Session | undefined;
  readonly teamId: string;
  readonly call: UpstreamCall;
}

/** Lists the teams of a signed-in caller and selects the one for which its session acts. */
@Injectable()
export class SessionTeams {
  /** `identities` is `undefined` without an identity provider. */
  constructor(
    @Inject(AccessTokens) private readonly tokens: AccessTokens,
    @Inject(SessionSeal) private readonly seal: SessionSeal | undefined,
    @Inject(Upstreams) private readonly upstreams: Upstreams,
    @Inject(WorkspaceIdentities) private readonly identities: WorkspaceIdentities | undefined,
  ) {}

  /** Lists the teams of the person; an API key and a token have one. */
  async list(session: Session | undefined, call: UpstreamCall): Promise<Message> {
    const person = findPerson(session);
    const ends =
      session === undefined ? {} : { expireTime: timestampFromDate(new Date(session.endsS * 1000)) };
    if (person !== undefined)
      return create(ListSessionTeamsResponseSchema, {
        memberships: await this.readMemberships(person),
        teamId: person.teamId,
        ...ends,
      });
    const { team, subject, role } = await this.self(call);
    const [teamId, teamDisplayName] = [team?.id ?? '', team?.displayName ?? ''];
    return create(ListSessionTeamsResponseSchema, {
      memberships: [{ teamId, teamDisplayName, memberId: subject, role }],
      teamId,
      ...ends,
    });
  }

  /**
   * Sets the cookie of the same session in another team; it ends when it would have ended. Throws `not-found`
   * TEAM_NOT_FOUND.
   */
  async switch(
    req: IncomingMessage,
    res: ServerResponse,
    { session, teamId, call }: TeamSwitch,
  ): Promise<Message> {
    const { seal, tokens } = this;
    const person = findPerson(session);
    if (session === undefined || person === undefined || seal === undefined) {
      const self = await this.self(call);
      if (self.team?.id !== teamId) throw teamUnknown(teamId);
      return create(SwitchSessionTeamResponseSchema, { self });
    }
    if (!(await this.readMemberships(person)).some((membership) => membership.teamId === teamId))
      throw teamUnknown(teamId);
    const credential = { person: { ...person, teamId }, sessionId: session.id };
    const authorization = await tokens.authorizationFor(credential);
    const self = await this.self({
      ...call,
      headers: { ...call.headers, ...(authorization !== undefined && { authorization }) },
    });
    setSessionCookie(req, res, seal.seal(credential, session.sinceS));
    return create(SwitchSessionTeamResponseSchema, { self });
  }

  private readMemberships(person: PersonCredential) {
    if (this.identities === undefined) throw sessionInvalid();
    return this.identities.signIn(person, '');
  }

  private async self(call: UpstreamCall): Promise<GetSelfResponse> {
    return (await this.upstreams.call(
      TokenService.method.getSelf,
      create(GetSelfRequestSchema),
      call,
    )) as GetSelfResponse;
  }
}

const findPerson = (session: Session | undefined): PersonCredential | undefined =>
  session !== undefined && 'person' in session.credential ? session.credential.person : undefined;
