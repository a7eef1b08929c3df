import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { create, type DescMethod, type Message } from '@bufbuild/protobuf';
import { apiKeyInvalid } from '@noema/auth';
import {
  type CreateSessionRequest,
  CreateSessionResponseSchema,
  DeleteSessionResponseSchema,
  GetSignInOptionsResponseSchema,
  SessionService,
  type SwitchSessionTeamRequest,
} from '@noema/contracts/noema/gateway/v1/session_service';
import {
  EndSessionRequestSchema,
  GetSelfRequestSchema,
  type GetSelfResponse,
  TokenService,
} from '@noema/contracts/noema/workspace/v1/token_service';
import { SETTINGS } from '@noema/host';
import { asDomainError } from '@noema/kernel';
import { fieldInvalid } from '@noema/rest';
import type { GatewayConfig } from '../config.js';
import { AccessTokens } from '../credential/access-tokens.js';
import { crossSite } from '../credential/credential.errors.js';
import { sessionsOff } from './session.errors.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { type Session, SessionSeal } from './session-seal.js';
import { SignInBackOff } from './sign-in-back-off.js';
import { type UpstreamCall, Upstreams } from '../upstream/upstreams.js';
import { clientAddress } from '../http/client-address.js';
import { RequestCredentials } from '../credential/request-credentials.js';
import { OIDC_PATHS } from '../sign-in/oidc.controller.js';
import { readSource } from '../credential/same-origin.js';
import { clearSessionCookie, markSession, setSessionCookie } from './session-cookie.js';
import { SessionTeams } from './session-teams.js';

/** SessionService, the only service that the gateway implements. */
@Injectable()
export class SessionEndpoint {
  /** `seal` is `undefined` if the gateway has no sessions, `signIn` if it has no identity provider. */
  constructor(
    @Inject(SETTINGS) private readonly config: Pick<GatewayConfig, 'trustedProxies'>,
    @Inject(AccessTokens) private readonly tokens: AccessTokens,
    @Inject(SessionSeal) private readonly seal: SessionSeal | undefined,
    @Inject(SignInBackOff) private readonly backOff: SignInBackOff,
    @Inject(Upstreams) private readonly upstreams: Upstreams,
    @Inject(RequestCredentials) private readonly credentials: RequestCredentials,
    @Inject(SessionTeams) private readonly teams: SessionTeams,
    @Inject(SignInService) private readonly signIn: SignInService | undefined,
  ) {}

  /** Whether an RPC is answered here. */
  owns({ parent }: DescMethod): boolean {
    return parent === SessionService;
  }

  /**
   * Answers and sets or takes away the cookie. Throws `unauthenticated` API_KEY_INVALID, `exhausted`
   * SIGN_IN_BACK_OFF, `forbidden` CROSS_SITE, `unsupported` SESSIONS_OFF.
   */
  async answer(
    req: IncomingMessage,
    res: ServerResponse,
    { method, request, call }: { method: DescMethod; request: Message; call: UpstreamCall },
  ): Promise<Message> {
    if (readSource(req) === 'foreign') throw crossSite();
    switch (method) {
      case SessionService.method.createSession:
        return this.create(req, res, request as CreateSessionRequest, call);
      case SessionService.method.deleteSession:
        return this.delete(req, res, call);
      case SessionService.method.getSignInOptions:
        return this.options(req, res);
      case SessionService.method.listSessionTeams:
        return this.teams.list(this.credentials.readSession(req), call);
      case SessionService.method.switchSessionTeam:
        return this.teams.switch(req, res, {
          session: this.credentials.readSession(req),
          teamId: (request as SwitchSessionTeamRequest).teamId,
          call,
        });
      default:
        throw new Error(`${method.toString()} has no answer here`);
    }
  }

  /**
   * The cookie is taken away once the session has ended for every gateway. A person is signed out of the
   * identity provider as well, if it has a place for that.
   */
  private async delete(req: IncomingMessage, res: ServerResponse, call: UpstreamCall): Promise<Message> {
    const session = this.credentials.readSession(req);
    if (session !== undefined) await this.end(session, call);
    clearSessionCookie(req, res);
    const continueUri =
      session !== undefined && 'person' in session.credential
        ? await this.signIn?.provider.signOutUrl()
        : undefined;
    return create(DeleteSessionResponseSchema, { continueUri: continueUri ?? '' });
  }

  private async end(session: Session, call: UpstreamCall): Promise<void> {
    const { credentials, tokens, upstreams } = this;
    const authorization = await credentials.getAuthorization(session);
    if (authorization === undefined) return;
    await upstreams.call(
      TokenService.method.endSession,
      create(EndSessionRequestSchema, { sessionId: session.id }),
      { ...call, headers: { ...call.headers, authorization } },
    );
    tokens.forget(session.credential);
  }

  private options(req: IncomingMessage, res: ServerResponse): Message {
    const { seal } = this;
    const session = this.credentials.readSession(req);
    if (session !== undefined) markSession(req, res, session.endsS - Math.floor(Date.now() / 1000));
    const provider = this.signIn?.provider;
    return create(GetSignInOptionsResponseSchema, {
      apiKey: seal !== undefined,
      ...(provider !== undefined && {
        identityProvider: { displayName: provider.displayName, signInPath: OIDC_PATHS.signIn },
      }),
    });
  }

  private async create(
    req: IncomingMessage,
    res: ServerResponse,
    { apiKey }: CreateSessionRequest,
    call: UpstreamCall,
  ): Promise<Message> {
    const { seal } = this;
    if (seal === undefined) throw sessionsOff();
    if (apiKey === '')
      throw fieldInvalid('api_key', 'is empty; give the key that was shown when it was created');
    const self = await this.identify(clientAddress(req, this.config.trustedProxies), apiKey, call);
    setSessionCookie(req, res, seal.seal({ apiKey }));
    return create(CreateSessionResponseSchema, { self });
  }

  private async identify(address: string, apiKey: string, call: UpstreamCall): Promise<GetSelfResponse> {
    const { tokens, backOff, upstreams } = this;
    backOff.enter(address);
    try {
      if (!/^noema_\w[\w-]*$/.test(apiKey)) throw apiKeyInvalid();
      const authorization = await tokens.authorizationFor(`Bearer ${apiKey}`);
      const self = await upstreams.call(TokenService.method.getSelf, create(GetSelfRequestSchema), {
        ...call,
        headers: { ...call.headers, ...(authorization === undefined ? {} : { authorization }) },
      });
      backOff.succeeded(address);
      return self as GetSelfResponse;
    } catch (error) {
      if (asDomainError(error).kind === 'unauthenticated') backOff.failed(address);
      throw error;
    }
  }
}
