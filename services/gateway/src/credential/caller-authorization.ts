import type { Principal, TokenVerifier } from '@noema/auth';
import type { AccessTokens } from './access-tokens.js';
import type { Credential } from './credential.js';

/** The `authorization` for the services, and whose it is. */
export interface VerifiedCaller {
  readonly authorization: string | undefined;
  readonly principal: Principal;
}

/** Turns what a caller signs in with, an API key, a short token or a session, into a verified token. */
export class CallerAuthorization {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly verifier: TokenVerifier,
  ) {}

  /**
   * Throws `unauthenticated` without good credentials. A token that was kept may be of a key that is not
   * trusted any more: then a new one is asked for.
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

  /** Forgets the token of what a service has refused. */
  refused(given: Credential | string | undefined): void {
    this.tokens.forget(given);
  }
}
