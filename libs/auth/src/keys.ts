import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';

/** A signing key, and the key set that verifies its signatures. */
export interface SigningKey {
  /** The private JWK (Ed25519) as JSON: keep it secret. */
  readonly privateKey: string;
  /** Public JWK set as JSON, for every service. */
  readonly jwks: string;
}

/** Claim of a public JWK: the only service whose tokens it may verify. */
export const SERVICE_CLAIM = 'noema_service';

/**
 * Generates an Ed25519 key. Its `kid` is its RFC 7638 thumbprint. With the name of a service, verifiers
 * accept only tokens of that service from it.
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

/** Merges key sets, for the period in which an old and a new key are both valid. */
export function mergeKeySets(...sets: readonly string[]): string {
  return JSON.stringify({ keys: sets.flatMap((set) => (JSON.parse(set) as JSONWebKeySet).keys) });
}
