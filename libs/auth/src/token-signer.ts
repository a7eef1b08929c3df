import { importJWK, type JWK, SignJWT } from 'jose';
import { systemClock, type Clock } from '@noema/kernel';
import type { Principal } from './access.js';

/** Who issues Noema's tokens and whom they are for. */
export const ISSUER = 'noema';
export const AUDIENCE = 'noema';

export interface TokenSignerOptions {
  /** A private Ed25519 JWK as JSON, with a `kid`. */
  readonly privateKey: string;
  /** How long a token lives, unless `sign` is told otherwise. */
  readonly lifetimeS?: number;
  readonly clock?: Clock;
}

/** A signed token and when it ends. */
export interface SignedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Signs short team-scoped EdDSA tokens (JWT, RFC 8037). */
export class TokenSigner {
  private jwk: JWK;
  private readonly lifetimeS: number;
  private readonly clock: Clock;

  /** Throws when the key is not a private Ed25519 JWK with a `kid`. */
  constructor({ privateKey, lifetimeS = 900, clock = systemClock }: TokenSignerOptions) {
    this.jwk = signingJwk(privateKey);
    this.lifetimeS = lifetimeS;
    this.clock = clock;
  }

  /** The id of the key that signs. */
  get keyId(): string {
    return this.jwk.kid!;
  }

  /**
   * Signs with another key from now on; every verifier has to know it already. Throws as the constructor, and
   * goes on with the old one.
   */
  replaceKey(privateKey: string): void {
    this.jwk = signingJwk(privateKey);
  }

  async sign(
    { teamId, subject, role, requestsPerMinute = 0 }: Principal,
    lifetimeS = this.lifetimeS,
  ): Promise<SignedToken> {
    const issuedS = Math.floor(this.clock.now().getTime() / 1000);
    const { jwk } = this;
    const token = await new SignJWT({
      team: teamId,
      role,
      ...(requestsPerMinute > 0 && { rpm: requestsPerMinute }),
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
