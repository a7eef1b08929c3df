import { createHmac, createPrivateKey, generateKeyPairSync, type JsonWebKey, sign } from 'node:crypto';
import { generateSigningKey, TokenSigner } from '@noema/auth';

export interface ForgedTokens {
  /** Signs for the team that is attacked, as its platform does. */
  readonly signer: TokenSigner;
  /**
   * The platform's private key as a JWK in JSON: tokens that only the platform could make, but for another
   * purpose.
   */
  readonly privateKey: string;
  readonly teamId: string;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Tokens that no verifier may take, by what is wrong with them; `undefined` for none at all. */
export async function forgedTokens({
  signer,
  privateKey,
  teamId,
}: ForgedTokens): Promise<ReadonlyMap<string, string | undefined>> {
  const who = { teamId, subject: 'intruder', role: 'admin' } as const;
  const jwk = JSON.parse(privateKey) as { kid: string; x: string };
  const nowS = Math.floor(Date.now() / 1000);
  const header = { alg: 'EdDSA', kid: jwk.kid, typ: 'JWT' };
  const claims = {
    iss: 'noema',
    aud: 'noema',
    sub: 'intruder',
    team: teamId,
    role: 'admin',
    iat: nowS,
    exp: nowS + 600,
  };
  const key = createPrivateKey({ key: JSON.parse(privateKey) as JsonWebKey, format: 'jwk' });
  const own = (head: object, body: object): string =>
    signed(`${part(head)}.${part(body)}`, (text) => sign(null, Buffer.from(text), key));
  const secret =
    (text: string): ((input: string) => Buffer) =>
    (input) =>
      createHmac('sha256', text).update(input).digest();
  const publicJwk = { kty: 'OKP', crv: 'Ed25519', x: jwk.x, kid: jwk.kid };
  const stranger = generateKeyPairSync('ed25519');
  const good = (await signer.sign(who)).token;
  const [h, p, s] = good.split('.') as [string, string, string];
  return new Map<string, string | undefined>([
    ['no token', undefined],
    ['an expired token', (await signer.sign(who, -60)).token],
    [
      'a token that a stranger signed',
      (await new TokenSigner({ privateKey: (await generateSigningKey()).privateKey }).sign(who)).token,
    ],
    [
      "a token that a stranger signed in our key's name",
      signed(`${part(header)}.${part(claims)}`, (text) => sign(null, Buffer.from(text), stranger.privateKey)),
    ],
    ['alg none', `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`],
    ["alg None with our key's id", `${part({ ...header, alg: 'None' })}.${part(claims)}.`],
    ['alg none with a good signature', `${part({ ...header, alg: 'none' })}.${p}.${s}`],
    [
      'HS256 with the public key as JWK',
      signed(`${part({ ...header, alg: 'HS256' })}.${part(claims)}`, secret(JSON.stringify(publicJwk))),
    ],
    [
      'HS256 with the bytes of the public key',
      signed(`${part({ ...header, alg: 'HS256' })}.${part(claims)}`, (text) =>
        createHmac('sha256', Buffer.from(jwk.x, 'base64url')).update(text).digest(),
      ),
    ],
    ['HS256 with an empty key', signed(`${part({ ...header, alg: 'HS256' })}.${part(claims)}`, secret(''))],
    [
      'a key that the token brings itself',
      signed(
        `${part({ ...header, jwk: stranger.publicKey.export({ format: 'jwk' }), kid: 'mine' })}.${part(claims)}`,
        (text) => sign(null, Buffer.from(text), stranger.privateKey),
      ),
    ],
    [
      'the id of a key that is a path',
      signed(`${part({ ...header, kid: '../../../../dev/null' })}.${part(claims)}`, secret('')),
    ],
    [
      'the id of a key that is SQL',
      signed(`${part({ ...header, kid: "' OR 1=1; --" })}.${part(claims)}`, secret('')),
    ],
    ['a wrong audience', own(header, { ...claims, aud: 'another' })],
    ['a wrong issuer', own(header, { ...claims, iss: 'https://evil.example' })],
    ['no end', own(header, { ...claims, exp: undefined })],
    ['a beginning that is to come', own(header, { ...claims, nbf: nowS + 3600 })],
    ['a role that does not exist', own(header, { ...claims, role: 'root' })],
    ['a team that is SQL', own(header, { ...claims, team: "'; SET ROLE postgres; --" })],
    ['an unknown critical extension', own({ ...header, crit: ['x'], x: 1 }, claims)],
    ['a good signature under other claims', `${h}.${part({ ...claims, role: 'service' })}.${s}`],
    ['a signature cut short', good.slice(0, -4)],
    ['nothing but text', 'x'.repeat(5000)],
  ]);
}

const signed = (input: string, signature: (input: string) => Buffer): string =>
  `${input}.${signature(input).toString('base64url')}`;
