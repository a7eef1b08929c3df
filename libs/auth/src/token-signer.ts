import { importJWK, type JWK, SignJWT } from 'jose';
import { systemClock, type Clock } from '@noema/kernel';
import type { Principal } from './access.js';

/** Issuer and audience of Noema's tokens. */
export const ISSUER = 'noema';
export const AUDIENCE = 'noema';

export interface TokenSignerOptions {
  /** Private Ed25519 JWK as JSON, with a `kid`. */
  readonly privateKey: string;
  /** Default lifetime of a token in seconds. */
  readonly lifetimeS?: number;
  readonly clock?: Clock;
}

/** A signed token and its expiry time. */
export interface SignedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Signs short-lived, team-scoped EdDSA tokens (JWT, RFC 8037). */
export class TokenSigner {
  private jwk: JWK;
  private readonly lifetimeS: number;
  private readonly clock: Clock;

  /** Throws if the key is not a private Ed25519 JWK with a `kid`. */
  constructor({ privateKey, lifetimeS = 900, clock = systemClock }: TokenSignerOptions) {
    this.jwk = signingJwk(privateKey);
    this.lifetimeS = lifetimeS;
    this.clock = clock;
  }

  /** Id of the signing key. */
  get keyId(): string {
    return this.jwk.kid!;
  }

  /**
   * Signs with another key from now on. Every verifier must already know it. Throws as the constructor, and
   * keeps the old key then.
   */
  replaceKey(privateKey: string): void {
    this.jwk = signingJwk(privateKey);
  }

  async sign(
    { teamId, subject, role, requestsPerMinute = 0, apiKeyId }: Principal,
    lifetimeS = this.lifetimeS,
  ): Promise<SignedToken> {
    const issuedS = Math.floor(this.clock.now().getTime() / 1000);
    const { jwk } = this;
    const token = await new SignJWT({
      team: teamId,
      role,
      ...(requestsPerMinute > 0 && { rpm: requestsPerMinute }),
      ...(apiKeyId !== undefined && { key: apiKeyId }),
    })
      .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid!, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setIssuedAt(issuedS)
      .setExpirationTime(issuedS + lifetimeS)
      .sign(await importJWK(jwk, 'EdDSA'));
    return { token, expiresAt: new Date((issuedS + lifetimeS) * 1000) };
  }
}

function signingJwk(privateKey: string): JWK {
  const jwk = JSON.parse(privateKey) as JWK;
  if (jwk.crv !== 'Ed25519' || jwk.d === undefined || jwk.kid === undefined) {
    throw new Error(
      'the signing key must be a private Ed25519 JWK with a kid; make one with generateSigningKey()',
    );
  }
  return jwk;
}
