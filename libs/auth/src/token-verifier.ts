import { createLocalJWKSet, errors, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { type Clock, isUuid, systemClock } from '@noema/kernel';
import { type Principal, type Role, ROLES } from './access.js';
import { tokenExpired, tokenInvalid, tokenMissing } from './auth.errors.js';
import { SERVICE_CLAIM } from './keys.js';
import { AUDIENCE, ISSUER } from './token-signer.js';

export interface TokenVerifierOptions {
  /** The public JWK set as JSON; a token names its key by `kid`. */
  readonly jwks: string;
  /** How far two machines' clocks may be apart. */
  readonly clockToleranceS?: number;
  readonly clock?: Clock;
}

const CACHE_ENTRIES = 1000;

/**
 * Verifies tokens: signature by EdDSA alone, issuer, audience, expiry, claims; a key of one service is
 * believed only what that service says of itself.
 */
export class TokenVerifier {
  private keys: KeySet;
  private readonly toleranceS: number;
  private readonly clock: Clock;
  /** Tokens seen to be good, oldest first; a service sends the same one with every call. */
  private readonly good = new Map<string, { readonly principal: Principal; readonly expiresS: number }>();
  /** Those being checked: a thousand calls that come at once are one check. */
  private readonly checking = new Map<string, Promise<Principal>>();

  constructor({ jwks, clockToleranceS = 5, clock = systemClock }: TokenVerifierOptions) {
    this.keys = keySetOf(jwks);
    this.toleranceS = clockToleranceS;
    this.clock = clock;
  }

  /**
   * Verifies by another key set from now on; what a key that is not in it has signed is refused, remembered
   * or not. Throws when the text is no JWK set, and goes on with the old one.
   */
  replaceKeys(jwks: string): void {
    this.keys = keySetOf(jwks);
    this.good.clear();
  }

  /**
   * The principal of an `authorization` header. Throws `unauthenticated`: TOKEN_MISSING, TOKEN_EXPIRED or
   * TOKEN_INVALID.
   */
  async verifyHeader(header: string | undefined): Promise<Principal> {
    const token = /^Bearer +([^ ]+)$/i.exec(header ?? '')?.[1];
    if (token === undefined) throw tokenMissing();
    return this.verify(token);
  }

  async verify(token: string): Promise<Principal> {
    const now = this.clock.now();
    const seen = this.good.get(token);
    if (seen !== undefined) {
      if (seen.expiresS + this.toleranceS > now.getTime() / 1000) return seen.principal;
      this.good.delete(token);
      throw tokenExpired(new Date(seen.expiresS * 1000));
    }
    const begun = this.checking.get(token);
    if (begun !== undefined) return begun;
    const check = this.check(token, now).finally(() => this.checking.delete(token));
    this.checking.set(token, check);
    return check;
  }

  private async check(token: string, now: Date): Promise<Principal> {
    const { keys } = this;
    const { payload, keyId } = await this.payload(token, now);
    const principal = principalOf(payload);
    const service = keys.services.get(keyId);
    if (service !== undefined && !(principal.role === 'service' && principal.subject === service))
      throw tokenInvalid(
        new Error(`the key of ${service} has signed for ${principal.role} ${principal.subject}`),
      );
    if (keys !== this.keys) return this.check(token, now); // the keys changed while this one was checked
    if (this.good.size >= CACHE_ENTRIES) this.good.delete(this.good.keys().next().value!);
    this.good.set(token, { principal, expiresS: payload.exp! });
    return principal;
  }

  private async payload(
    token: string,
    currentDate: Date,
  ): Promise<{ readonly payload: JWTPayload; readonly keyId: string }> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.keys.find, {
        algorithms: ['EdDSA'],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['exp', 'sub', 'team', 'role'],
        clockTolerance: this.toleranceS,
        currentDate,
      });
      if (protectedHeader.kid === undefined) throw new Error('the token does not name its key');
      return { payload, keyId: protectedHeader.kid };
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw tokenExpired(new Date((error.payload.exp ?? 0) * 1000));
      throw tokenInvalid(error);
    }
  }
}

interface KeySet {
  readonly find: ReturnType<typeof createLocalJWKSet>;
  /** The service that a key belongs to, by the id of the key. */
  readonly services: ReadonlyMap<string, string>;
}

function keySetOf(jwks: string): KeySet {
  const set = JSON.parse(jwks) as { readonly keys: (JWK & { readonly [SERVICE_CLAIM]?: string })[] };
  const services = set.keys.flatMap((jwk) =>
    jwk[SERVICE_CLAIM] === undefined ? [] : [[jwk.kid ?? '', jwk[SERVICE_CLAIM]] as const],
  );
  return { find: createLocalJWKSet(set), services: new Map(services) };
}

function principalOf({
  sub,
  team,
  role,
  rpm,
}: JWTPayload & { team?: unknown; role?: unknown; rpm?: unknown }): Principal {
  if (
    typeof sub !== 'string' ||
    sub === '' ||
    typeof team !== 'string' ||
    !isUuid(team) ||
    !ROLES.includes(role as Role)
  ) {
    throw tokenInvalid(new Error('the claims sub, team or role do not have the form of ours'));
  }
  return Object.freeze({
    teamId: team,
    subject: sub,
    role: role as Role,
    ...(typeof rpm === 'number' && rpm > 0 && { requestsPerMinute: rpm }),
  });
}
