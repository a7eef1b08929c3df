import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TokenVerifier } from '@noema/auth';
import { asDomainError } from '@noema/kernel';
import type { AccessTokens } from '../domain/access-tokens.js';
import { crossSite, sessionInvalid } from '../domain/gateway.errors.js';
import type { SessionSeal } from '../domain/session-seal.js';
import { noteCaller } from './request-scope.js';
import { sourceOf } from './same-origin.js';
import { clearSessionCookie, readSessionCookie } from './session-cookie.js';

export interface CredentialParts {
  readonly tokens: AccessTokens;
  readonly verifier: TokenVerifier;
  /** `undefined` when the gateway keeps no sessions. */
  readonly seal: SessionSeal | undefined;
}

const HARMLESS = new Set(['GET', 'HEAD']);
/** Reasons after which a session cannot be used again. */
const ENDED = new Set(['SESSION_INVALID', 'API_KEY_INVALID']);

/** Who sends a request: by `authorization`, else by the cookie of a session. */
export class Credentials {
  constructor(private readonly parts: CredentialParts) {}

  /**
   * The `authorization` for the services. Throws `unauthenticated` without good credentials, `forbidden` CROSS_SITE when another site uses a cookie of ours.
   * The cookie of a session that cannot be used again is taken away.
   */
  async authorize(req: IncomingMessage, res: ServerResponse): Promise<string | undefined> {
    try {
      const authorization = await this.parts.tokens.authorizationFor(this.given(req));
      noteCaller(req, await this.parts.verifier.verifyHeader(authorization));
      return authorization;
    } catch (error) {
      if (req.headers.authorization === undefined && ENDED.has(asDomainError(error).reason)) clearSessionCookie(req, res);
      throw error;
    }
  }

  /** Forgets the token of a key that a service has refused. */
  refused(req: IncomingMessage): void {
    this.parts.tokens.forget(req.headers.authorization ?? this.ofCookie(req));
  }

  private given(req: IncomingMessage): string | undefined {
    const { authorization } = req.headers;
    if (authorization !== undefined || readSessionCookie(req) === undefined) return authorization;
    if (!HARMLESS.has(req.method ?? '') && sourceOf(req) !== 'own') throw crossSite();
    const opened = this.ofCookie(req);
    if (opened === undefined) throw sessionInvalid();
    return opened;
  }

  private ofCookie(req: IncomingMessage): string | undefined {
    const apiKey = this.parts.seal?.open(readSessionCookie(req) ?? '');
    return apiKey === undefined ? undefined : `Bearer ${apiKey}`;
  }
}
