import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';

/** A signing key as one line of JSON, and the key set that verifies what it signs. */
export interface SigningKey {
  /** The private JWK (Ed25519) as JSON: keep it secret. */
  readonly privateKey: string;
  /** The public JWK set as JSON: every service gets it. */
  readonly jwks: string;
}

/** Member of a public JWK: the one service that its tokens may come from. */
export const SERVICE_CLAIM = 'noema_service';

/**
 * Makes a fresh Ed25519 key; its `kid` is its RFC 7638 thumbprint. With a service's name, verifiers believe
 * it only tokens of that service.
 */
export async function generateSigningKey(service?: string): Promise<SigningKey> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const secret = await exportJWK(pair.privateKey);
  const kid = await calculateJwkThumbprint(secret);
  const open: JWK = {
    kty: 'OKP',
    crv: secret.crv!,
    x: secret.x!,
    kid,
    alg: 'EdDSA',
    use: 'sig',
    ...(service !== undefined && { [SERVICE_CLAIM]: service }),
  };
  return { privateKey: JSON.stringify({ ...open, d: secret.d }), jwks: JSON.stringify({ keys: [open] }) };
}

/** One key set of several, for the time in which an old and a new key are both good. */
export function mergeKeySets(...sets: readonly string[]): string {
  return JSON.stringify({ keys: sets.flatMap((set) => (JSON.parse(set) as JSONWebKeySet).keys) });
}
