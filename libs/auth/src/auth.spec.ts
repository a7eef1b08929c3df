import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  apiKeyMatches,
  apiKeyPrefix,
  generateSigningKey,
  mergeKeySets,
  newApiKey,
  type Principal,
  type SigningKey,
  TokenSigner,
  TokenVerifier,
} from './index.js';

const ANN: Principal = { teamId: '0190a000-0000-7000-8000-000000000001', subject: 'ann', role: 'editor' };
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const at = (ms: number) => ({ now: () => new Date(ms), monotonicMs: () => ms });

let key: SigningKey;
let token: string;
beforeAll(async () => {
  key = await generateSigningKey();
  token = (await new TokenSigner(key).sign(ANN)).token;
});
const verify = (text: string, jwks = key.jwks) => new TokenVerifier({ jwks }).verify(text);
const invalid = { kind: 'unauthenticated', reason: 'TOKEN_INVALID' };

describe('tokens', () => {
  it('come back as the principal', async () => {
    expect(await verify(token)).toEqual(ANN);
  });
  it('carry what the team may ask for, and the API key', async () => {
    const limited = { ...ANN, requestsPerMinute: 600, apiKeyId: ANN.teamId };
    expect(await verify((await new TokenSigner(key).sign(limited)).token)).toEqual(limited);
  });
  describe('signed by the key of one service', () => {
    const service = { ...ANN, subject: 'datasets', role: 'service' } as const;
    it('come back as that service', async () => {
      const own = await generateSigningKey('datasets');
      expect(
        await verify((await new TokenSigner(own).sign(service)).token, mergeKeySets(key.jwks, own.jwks)),
      ).toEqual(service);
    });
    it.each([
      ['as another service', { ...service, subject: 'training' }],
      ['as a member', ANN],
      ['as an admin', { ...ANN, role: 'admin' }],
      ['as an admin of its name', { ...service, role: 'admin' }],
    ] as const)('RELIABILITY 46: are refused %s', async (_, principal) => {
      const own = await generateSigningKey('datasets');
      const { token: forged } = await new TokenSigner(own).sign(principal);
      await expect(verify(forged, mergeKeySets(key.jwks, own.jwks))).rejects.toMatchObject(invalid);
      const [header, ...rest] = forged.split('.');
      const nameless = [
        part({ ...(JSON.parse(Buffer.from(header!, 'base64url').toString()) as object), kid: undefined }),
        ...rest,
      ].join('.');
      await expect(verify(nameless, own.jwks)).rejects.toMatchObject(invalid);
    });
  });
  it('of a rotated key are good as long as the set names it', async () => {
    const next = await generateSigningKey();
    expect(await verify(token, mergeKeySets(next.jwks, key.jwks))).toEqual(ANN);
    await expect(verify(token, next.jwks)).rejects.toMatchObject(invalid);
  });
  it('go over to another key while both are known, and end with the old one, remembered or not', async () => {
    const [old, next] = [key, await generateSigningKey()];
    const [signer, verifier] = [new TokenSigner(old), new TokenVerifier(old)];
    const { token: before } = await signer.sign(ANN);
    await verifier.verify(before);
    verifier.replaceKeys(mergeKeySets(old.jwks, next.jwks));
    signer.replaceKey(next.privateKey);
    const { token: after } = await signer.sign(ANN);
    for (const each of [before, after, before]) expect(await verifier.verify(each)).toEqual(ANN);
    for (const broken of ['no json', '{"keys":7}'])
      expect(() => {
        verifier.replaceKeys(broken);
      }).toThrow();
    expect(() => {
      signer.replaceKey(next.jwks);
    }).toThrow('private Ed25519');
    verifier.replaceKeys(next.jwks);
    expect(await verifier.verify(after)).toEqual(ANN);
    await expect(verifier.verify(before)).rejects.toMatchObject(invalid);
  });
  it('signed by a stranger who copies our kid are refused', async () => {
    const stranger = await generateSigningKey();
    const { kid } = JSON.parse(key.privateKey) as { kid: string };
    const forged = await new TokenSigner({
      privateKey: JSON.stringify({ ...(JSON.parse(stranger.privateKey) as object), kid }),
    }).sign(ANN);
    await expect(verify(forged.token)).rejects.toMatchObject(invalid);
  });
  it('with another role put in are refused', async () => {
    const [head, body, signature] = token.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    await expect(
      verify([head, part({ ...claims, role: 'admin' }), signature].join('.')),
    ).rejects.toMatchObject(invalid);
  });
  it('with alg none, or an HMAC made with the public key, are refused', async () => {
    const [head, body] = token.split('.') as [string, string, string];
    const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
    await expect(verify(`${part({ alg: 'none', kid })}.${body}.`)).rejects.toMatchObject(invalid);
    const signed = `${part({ alg: 'HS256', kid })}.${body}`;
    const x = (JSON.parse(key.jwks) as { keys: { x: string }[] }).keys[0]!.x;
    await expect(
      verify(
        `${signed}.${createHmac('sha256', Buffer.from(x, 'base64url')).update(signed).digest('base64url')}`,
      ),
    ).rejects.toMatchObject(invalid);
  });
  it('end when they say, within the tolerance, also when remembered', async () => {
    const signer = new TokenSigner({ ...key, clock: at(0) });
    const { token: short, expiresAt } = await signer.sign(ANN, 60);
    expect(expiresAt.getTime()).toBe(60_000);
    let now = 64_000;
    const verifier = new TokenVerifier({
      ...key,
      clock: { now: () => new Date(now), monotonicMs: () => now },
    });
    expect(await verifier.verify(short)).toEqual(ANN);
    now = 66_000;
    await expect(verifier.verify(short)).rejects.toMatchObject({ reason: 'TOKEN_EXPIRED' });
    await expect(verifier.verify(short)).rejects.toMatchObject({ reason: 'TOKEN_EXPIRED' });
  });
  it.each([
    ['team', { teamId: 'x' }],
    ['role', { role: 'owner' }],
    ['subject', { subject: '' }],
  ])('with a foreign %s are refused', async (_, change) => {
    const odd = await new TokenSigner(key).sign({ ...ANN, ...change } as Principal);
    await expect(verify(odd.token)).rejects.toMatchObject(invalid);
  });
  it.each([undefined, '', 'Basic abc', 'Bearer', 'Bearer '])(
    'header %j is a missing token',
    async (header) => {
      await expect(new TokenVerifier(key).verifyHeader(header)).rejects.toMatchObject({
        reason: 'TOKEN_MISSING',
      });
    },
  );
});

describe('API keys', () => {
  it('match their own hash alone', () => {
    const [a, b] = [newApiKey(), newApiKey()];
    expect(apiKeyPrefix(a.key)).toBe(a.prefix);
    expect(apiKeyMatches(a.key, a.hash)).toBe(true);
    expect(apiKeyMatches(b.key, a.hash)).toBe(false);
    expect(apiKeyMatches(a.key, '')).toBe(false);
  });
  it('malformed ones are refused without being repeated', () => {
    expect(() => apiKeyPrefix('noema_secret-text')).toThrow(
      expect.objectContaining({
        reason: 'API_KEY_INVALID',
        message: expect.not.stringContaining('secret-text') as string,
      }) as Error,
    );
  });
});
