import { TokenSigner, TokenVerifier } from '@noema/auth';
import { uuidv7 } from '@noema/kernel';
import { type Answer, type Check, fail, ok, skipped, warn } from '../finding.js';
import type { Subject } from '../subject.js';

const JWK_ADVICE =
  'give every process the NOEMA_AUTH_JWKS that holds the public half of NOEMA_AUTH_PRIVATE_KEY, and ' +
  'both while keys change';

/** Whether the keys are keys and belong together. */
export function keyChecks({ keys: { jwks, privateKey, secretsKey, sessionSecret } }: Subject): Check[] {
  return [
    ...(jwks === undefined && privateKey === undefined
      ? []
      : [{ name: 'signing keys', advice: JWK_ADVICE, look: () => signing(jwks, privateKey) }]),
    ...(secretsKey === undefined
      ? []
      : [
          {
            name: 'secrets key',
            advice: 'restore it: secrets that it sealed cannot be opened without it',
            look: () => lengths('secretsKey', secretsKey),
          },
        ]),
    ...(sessionSecret === undefined
      ? []
      : [
          {
            name: 'session secret',
            advice: 'make 32 random bytes: openssl rand -base64 32',
            look: () => lengths('sessionSecret', sessionSecret),
          },
        ]),
  ];
}

async function signing(jwks: string | undefined, privateKey: string | undefined): Promise<Answer> {
  if (jwks === undefined) return warn('there is a private key and no key set to verify by', JWK_ADVICE);
  const keys = (JSON.parse(jwks) as { keys?: { kid?: string; crv?: string; d?: string }[] }).keys ?? [];
  if (keys.length === 0) return fail('the key set is empty', JWK_ADVICE);
  const foreign = keys.filter((k) => k.crv !== 'Ed25519');
  if (foreign.length > 0)
    return fail(`${foreign.length} of ${keys.length} keys of the key set are no Ed25519 keys`, JWK_ADVICE);
  if (keys.some((k) => k.d !== undefined))
    return fail(
      'the key set holds a private key',
      'whoever verifies could sign: publish the public halves only, and change the key',
    );
  if (privateKey === undefined) return ok(`${keys.length} public keys; no private key to compare with`);
  const { token } = await new TokenSigner({ privateKey }).sign({
    teamId: uuidv7(),
    subject: 'doctor',
    role: 'viewer',
  });
  const verified = await new TokenVerifier({ jwks }).verify(token).then(
    () => true,
    () => false,
  );
  return verified
    ? ok(
        'the private key signs what ' +
          `${keys.length === 1 ? 'the key set verifies' : `one of ${keys.length} keys verifies`}`,
      )
    : fail('the key set does not verify what the private key signs', JWK_ADVICE);
}

/** One or several, with or without a name: `id:base64,id:base64`. */
function lengths(name: string, value: string): Answer {
  const sizes = value
    .split(',')
    .map((part) => Buffer.from(part.slice(part.indexOf(':') + 1), 'base64').length);
  const bad = sizes.filter((size) => size !== 32);
  if (value === '') return skipped('none');
  return bad.length === 0
    ? ok(`${sizes.length === 1 ? '32 bytes' : `${sizes.length} keys of 32 bytes`}`)
    : fail(`${name} has a key of ${bad[0]} bytes`, 'a key has 32 bytes in base64: openssl rand -base64 32');
}
