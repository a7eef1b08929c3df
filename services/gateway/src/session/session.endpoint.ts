import type { IncomingMessage, ServerResponse } from 'node:http';
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
import { asDomainError } from '@noema/kernel';
import { fieldInvalid } from '@noema/rest';
import type { AccessTokens } from '../credential/access-tokens.js';
import { crossSite } from '../credential/credential.errors.js';
import { sessionsOff } from './session.errors.js';
import type { IdentityProvider } from '../sign-in/identity-provider.ports.js';
import type { Session, SessionSeal } from './session-seal.js';
import type { SignInBackOff } from './sign-in-back-off.js';
import type { UpstreamCall, Upstreams } from '../upstream/upstreams.js';
import { clientAddress } from '../http/client-address.js';
import type { Credentials } from '../credential/request-credentials.js';
import { OIDC_PATHS } from '../sign-in/oidc.controller.js';
import { sourceOf } from '../credential/same-origin.js';
import { clearSessionCookie, setSessionCookie } from './session-cookie.js';
import type { SessionTeams } from './session-teams.js';

export interface SessionParts {
  readonly tokens: AccessTokens;
  readonly seal: SessionSeal | undefined;
  readonly backOff: SignInBackOff;
  /** How many proxies are believed about whom they forward for. */
  readonly trustedProxies: number;
  readonly upstreams: Upstreams;
  readonly credentials: Credentials;
  readonly teams: SessionTeams;
  /** `undefined` without one. */
  readonly provider: IdentityProvider | undefined;
}

/** SessionService: the one service that the gateway answers itself. */
export class SessionEndpoint {
  constructor(private readonly parts: SessionParts) {}

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
    if (sourceOf(req) === 'foreign') throw crossSite();
    switch (method) {
      case SessionService.method.createSession:
        return this.create(req, res, request as CreateSessionRequest, call);
      case SessionService.method.deleteSession:
        return this.delete(req, res, call);
      case SessionService.method.getSignInOptions:
        return this.options();
      case SessionService.method.listSessionTeams:
        return this.parts.teams.list(this.parts.credentials.sessionOf(req), call);
      case SessionService.method.switchSessionTeam:
        return this.parts.teams.switch(req, res, {
          session: this.parts.credentials.sessionOf(req),
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
    const session = this.parts.credentials.sessionOf(req);
    if (session !== undefined) await this.end(session, call);
    clearSessionCookie(req, res);
    const continueUri =
      session !== undefined && 'person' in session.credential
        ? await this.parts.provider?.signOutUrl()
        : undefined;
    return create(DeleteSessionResponseSchema, { continueUri: continueUri ?? '' });
  }

  private async end(session: Session, call: UpstreamCall): Promise<void> {
    const { credentials, tokens, upstreams } = this.parts;
    const authorization = await credentials.authorizationOf(session);
    if (authorization === undefined) return;
    await upstreams.call(
      TokenService.method.endSession,
      create(EndSessionRequestSchema, { sessionId: session.id }),
      { ...call, headers: { ...call.headers, authorization } },
    );
    tokens.forget(session.credential);
  }

  private options(): Message {
    const { provider, seal } = this.parts;
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
    const { seal } = this.parts;
    if (seal === undefined) throw sessionsOff();
    if (apiKey === '')
      throw fieldInvalid('api_key', 'is empty; give the key as it was shown when it was made');
    const self = await this.identify(clientAddress(req, this.parts.trustedProxies), apiKey, call);
    setSessionCookie(req, res, seal.seal({ apiKey }));
    return create(CreateSessionResponseSchema, { self });
  }

  private async identify(address: string, apiKey: string, call: UpstreamCall): Promise<GetSelfResponse> {
    const { tokens, backOff, upstreams } = this.parts;
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
