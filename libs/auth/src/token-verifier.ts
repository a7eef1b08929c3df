import { createLocalJWKSet, errors, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { type Clock, isUuid, systemClock } from '@noema/kernel';
import { type Principal, type Role, ROLES } from './access.js';
import { tokenExpired, tokenInvalid, tokenMissing } from './auth.errors.js';
import { SERVICE_CLAIM } from './keys.js';
import { AUDIENCE, ISSUER } from './token-signer.js';

export interface TokenVerifierOptions {
  /** Public JWK set as JSON. A token names its key by `kid`. */
  readonly jwks: string;
  /** Tolerance between the clocks of two machines, in seconds. */
  readonly clockToleranceS?: number;
  readonly clock?: Clock;
}

const CACHE_ENTRIES = 1000;

/**
 * Verifies tokens: EdDSA signature, issuer, audience, expiry and claims. The key of a service is valid only
 * for tokens of that service.
 */
export class TokenVerifier {
  private keys: KeySet;
  private readonly toleranceS: number;
  private readonly clock: Clock;
  /** Verified tokens. A service sends the same token with every call. */
  private readonly good = new LRUCache<string, { readonly principal: Principal; readonly expiresS: number }>({
    max: CACHE_ENTRIES,
  });
  /** Running verifications: concurrent calls with the same token share one. */
  private readonly checking = new Map<string, Promise<Principal>>();

  constructor({ jwks, clockToleranceS = 5, clock = systemClock }: TokenVerifierOptions) {
    this.keys = parseKeySet(jwks);
    this.toleranceS = clockToleranceS;
    this.clock = clock;
  }

  /**
   * Verifies with another key set from now on. Rejects everything that a removed key has signed, cached or
   * not. Throws if the text is not a JWK set, and keeps the old set then.
   */
  replaceKeys(jwks: string): void {
    this.keys = parseKeySet(jwks);
    this.good.clear();
  }

  /**
   * Returns the principal of an `authorization` header. Throws `unauthenticated`: TOKEN_MISSING,
   * TOKEN_EXPIRED or TOKEN_INVALID.
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
    const principal = toPrincipal(payload);
    const service = keys.services.get(keyId);
    if (service !== undefined && !(principal.role === 'service' && principal.subject === service))
      throw tokenInvalid(
        new Error(`the key of ${service} has signed for ${principal.role} ${principal.subject}`),
      );
    if (keys !== this.keys) return this.check(token, now); // the keys changed while this one was checked
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
  /** Service that a key belongs to, by the id of the key. */
  readonly services: ReadonlyMap<string, string>;
}

function parseKeySet(jwks: string): KeySet {
  const set = JSON.parse(jwks) as { readonly keys: (JWK & { readonly [SERVICE_CLAIM]?: string })[] };
  const services = set.keys.flatMap((jwk) =>
    jwk[SERVICE_CLAIM] === undefined ? [] : [[jwk.kid ?? '', jwk[SERVICE_CLAIM]] as const],
  );
  return { find: createLocalJWKSet(set), services: new Map(services) };
}

function toPrincipal({
  sub,
  team,
  role,
  rpm,
  key,
}: JWTPayload & { team?: unknown; role?: unknown; rpm?: unknown; key?: unknown }): Principal {
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
    ...(typeof key === 'string' && isUuid(key) && { apiKeyId: key }),
  });
}
