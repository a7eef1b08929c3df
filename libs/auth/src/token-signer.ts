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
  private readonly jwk: JWK;
  private readonly lifetimeS: number;
  private readonly clock: Clock;

  /** Throws when the key is not a private Ed25519 JWK with a `kid`. */
  constructor({ privateKey, lifetimeS = 900, clock = systemClock }: TokenSignerOptions) {
    this.jwk = JSON.parse(privateKey) as JWK;
    if (this.jwk.crv !== 'Ed25519' || this.jwk.d === undefined || this.jwk.kid === undefined) {
      throw new Error('the signing key must be a private Ed25519 JWK with a kid; make one with generateSigningKey()');
    }
    this.lifetimeS = lifetimeS;
    this.clock = clock;
  }

  async sign({ teamId, subject, role }: Principal, lifetimeS = this.lifetimeS): Promise<SignedToken> {
    const issuedS = Math.floor(this.clock.now().getTime() / 1000);
    const token = await new SignJWT({ team: teamId, role })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.jwk.kid!, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setIssuedAt(issuedS)
      .setExpirationTime(issuedS + lifetimeS)
      .sign(await importJWK(this.jwk, 'EdDSA'));
    return { token, expiresAt: new Date((issuedS + lifetimeS) * 1000) };
  }
}
