import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { asDomainError } from '@noema/kernel';
import { CallerAuthorization, type VerifiedCaller } from './caller-authorization.js';
import type { Credential } from './credential.js';
import { crossSite } from './credential.errors.js';
import { sessionInvalid } from '../session/session.errors.js';
import { type Session, SessionSeal } from '../session/session-seal.js';
import { noteCaller } from '../request/request-scope.js';
import { readSource } from './same-origin.js';
import { clearSessionCookie, readSessionCookie } from '../session/session-cookie.js';

const HARMLESS = new Set(['GET', 'HEAD']);
/** Reasons after which a session cannot be used again. */
const ENDED = new Set(['SESSION_INVALID', 'API_KEY_INVALID', 'IDENTITY_UNKNOWN']);

/** Who sends a request: by `authorization`, else by the cookie of a session. */
@Injectable()
export class RequestCredentials {
  /** `seal` is `undefined` if the gateway has no sessions. */
  constructor(
    @Inject(CallerAuthorization) private readonly callers: CallerAuthorization,
    @Inject(SessionSeal) private readonly seal: SessionSeal | undefined,
  ) {}

  /**
   * The `authorization` for the services, and whose it is. Throws `unauthenticated` without good credentials,
   * `forbidden` CROSS_SITE when another site uses a cookie of ours. The cookie of a session that cannot be
   * used again is taken away.
   */
  async authorize(req: IncomingMessage, res: ServerResponse): Promise<VerifiedCaller> {
    try {
      const caller = await this.callers.verified(this.given(req));
      noteCaller(req, caller.principal);
      return caller;
    } catch (error) {
      if (req.headers.authorization === undefined && ENDED.has(asDomainError(error).reason))
        clearSessionCookie(req, res);
      throw error;
    }
  }

  /** Forgets the token of what a service has refused. */
  refused(req: IncomingMessage): void {
    this.callers.refused(req.headers.authorization ?? this.readSession(req)?.credential);
  }

  /**
   * Returns the session of a request; `undefined` for a request without one, or with an `authorization`
   * header.
   */
  readSession(req: IncomingMessage): Session | undefined {
    return req.headers.authorization === undefined
      ? this.seal?.open(readSessionCookie(req) ?? '')
      : undefined;
  }

  /**
   * The `authorization` of a session; `undefined` for one that cannot be used again. Throws what keeps
   * anybody from telling.
   */
  async getAuthorization({ credential }: Session): Promise<string | undefined> {
    try {
      return (await this.callers.verified(credential)).authorization;
    } catch (error) {
      if (ENDED.has(asDomainError(error).reason)) return undefined;
      throw error;
    }
  }

  private given(req: IncomingMessage): Credential | string | undefined {
    const { authorization } = req.headers;
    if (authorization !== undefined || readSessionCookie(req) === undefined) return authorization;
    if (!HARMLESS.has(req.method ?? '') && readSource(req) !== 'own') throw crossSite();
    const session = this.readSession(req);
    if (session === undefined) throw sessionInvalid();
    return session.credential;
  }
}
