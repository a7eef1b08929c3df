import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { asDomainError, type DomainError } from '@noema/kernel';
import type { Logger } from '@noema/observability';
import { sessionsOff } from '../session/session.errors.js';
import { signInOff } from './sign-in.errors.js';
import { InFlight } from '../request/in-flight.js';
import { SignInService } from './sign-in.service.js';
import { SessionSeal } from '../session/session-seal.js';
import { clearLoginCookie, readLoginCookie, setLoginCookie } from './login-cookie.js';
import { noteFault, noteRoute } from '../request/request-scope.js';
import { LOGGER } from '../tokens.js';
import { setSessionCookie } from '../session/session-cookie.js';

/**
 * Paths of the sign-in at the identity provider, for browsers alone: they answer with redirects, and say on
 * the sign-in page what went wrong.
 */
export const OIDC_PATHS = { signIn: '/oidc/sign-in', callback: '/oidc/callback' } as const;

/** Where a person of several teams says which one is meant. */
const CHOOSE_TEAM = '/choose-team';

/** The two ends of a sign-in at the identity provider. */
@Controller()
export class OidcController {
  constructor(
    @Inject(SignInService) private readonly service: SignInService | undefined,
    @Inject(SessionSeal) private readonly seal: SessionSeal | undefined,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(InFlight) private readonly inFlight: InFlight,
  ) {}

  @Get(OIDC_PATHS.signIn)
  async begin(@Req() req: IncomingMessage, @Res() res: ServerResponse): Promise<void> {
    await this.redirecting(req, res, OIDC_PATHS.signIn, async (query) => {
      const { url, sealed } = await this.signIn().begin(query.get('next'));
      setLoginCookie(req, res, sealed);
      return url;
    });
  }

  @Get(OIDC_PATHS.callback)
  async complete(@Req() req: IncomingMessage, @Res() res: ServerResponse): Promise<void> {
    await this.redirecting(req, res, OIDC_PATHS.callback, async (query) => {
      clearLoginCookie(req, res);
      const { person, teams, next } = await this.signIn().complete(query, readLoginCookie(req));
      if (this.seal === undefined) throw sessionsOff();
      setSessionCookie(req, res, this.seal.seal({ person }));
      this.logger.info({ issuer: person.issuer, subject: person.subject, teams }, 'a person signed in');
      return teams > 1 ? `${CHOOSE_TEAM}?${new URLSearchParams({ next }).toString()}` : next;
    });
  }

  /** Redirects the browser; a failure goes to the sign-in page in the fragment, which no log contains. */
  private async redirecting(
    req: IncomingMessage,
    res: ServerResponse,
    path: string,
    work: (query: URLSearchParams) => Promise<string>,
  ): Promise<void> {
    noteRoute(req, path);
    let leave: (() => void) | undefined;
    try {
      leave = this.inFlight.enter();
      res.setHeader('location', await work(new URLSearchParams((req.url ?? '').split('?')[1] ?? '')));
    } catch (thrown) {
      const error = asDomainError(thrown);
      noteFault(req, error);
      this.logger.warn({ reason: error.reason, err: thrown }, 'a person could not sign in');
      res.setHeader('location', `/sign-in#${refusal(error)}`);
    } finally {
      leave?.();
    }
    res.statusCode = 303;
    res.end();
  }

  private signIn(): SignInService {
    if (this.service === undefined) throw signInOff();
    return this.service;
  }
}

const refusal = ({ reason, metadata }: DomainError): string =>
  new URLSearchParams({
    refused: reason,
    ...(metadata['email'] !== undefined && metadata['email'] !== '' && { email: metadata['email'] }),
  }).toString();
