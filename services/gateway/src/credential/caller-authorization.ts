import { Inject, Injectable } from '@nestjs/common';
import { type Principal, TokenVerifier } from '@noema/auth';
import { AccessTokens } from './access-tokens.js';
import type { Credential } from './credential.js';

/** The `authorization` for the services, and its principal. */
export interface VerifiedCaller {
  readonly authorization: string | undefined;
  readonly principal: Principal;
}

/** Turns an API key, a short token or a session into a verified token. */
@Injectable()
export class CallerAuthorization {
  constructor(
    @Inject(AccessTokens) private readonly tokens: AccessTokens,
    @Inject(TokenVerifier) private readonly verifier: TokenVerifier,
  ) {}

  /**
   * Throws `unauthenticated` without valid credentials. The key of a cached token may no longer be trusted: then
   * the credential is exchanged again.
   */
  async verified(given: Credential | string | undefined): Promise<VerifiedCaller> {
    const { tokens, verifier } = this;
    const authorization = await tokens.authorizationFor(given);
    try {
      return { authorization, principal: await verifier.verifyHeader(authorization) };
    } catch (error) {
      if (!tokens.forget(given)) throw error;
      const again = await tokens.authorizationFor(given);
      return { authorization: again, principal: await verifier.verifyHeader(again) };
    }
  }

  /** Drops the token of a credential that a service has rejected. */
  refused(given: Credential | string | undefined): void {
    this.tokens.forget(given);
  }
}
