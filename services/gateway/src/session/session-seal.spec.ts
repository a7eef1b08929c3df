import { randomBytes } from 'node:crypto';
import { isUuid } from '@noema/kernel';
import { expect, it } from 'vitest';
import { LoginSeal } from '../sign-in/login.js';
import { Seal } from './seal.js';
import { SESSION_LIFETIME_S, SessionSeal } from './session-seal.js';

const secret = (): string => randomBytes(32).toString('base64');
const key = { apiKey: 'noema_0123456789ab_secret' };
const ann = { person: { issuer: 'https://id.example.org', subject: 'ann', teamId: 't' } };

it('gives back what it sealed, never the same text twice, and nothing of the key in it', () => {
  const seal = new SessionSeal(secret());
  const [one, two] = [seal.seal(key).value, seal.seal(key).value];
  expect([
    seal.open(one)?.credential,
    seal.open(two)?.credential,
    seal.open(seal.seal(ann).value)?.credential,
  ]).toMatchObject([key, key, ann]);
  expect(one).not.toBe(two);
  expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('noema_');
});

it(
  'gives each session an id, which stays when it goes on and names it in its credential; a cookie without ' +
    'one has one by its text',
  () => {
    const own = secret();
    const seal = new SessionSeal(own);
    const [first, second] = [seal.open(seal.seal(ann).value)!, seal.open(seal.seal(ann).value)!];
    expect([first.credential.sessionId, isUuid(first.id), first.id === second.id]).toEqual([
      first.id,
      true,
      false,
    ]);
    expect(seal.open(seal.seal({ ...ann, sessionId: first.id }, first.sinceS).value)?.id).toBe(first.id);
    const [old, other] = [1, 2].map(() =>
      new Seal(own, 'noema session 1').seal([first.sinceS, key.apiKey]),
    ) as [string, string];
    expect(seal.open(old)).toMatchObject({ id: seal.open(old)!.id, credential: key });
    expect(seal.open(old)!.id).not.toBe(seal.open(other)!.id);
  },
);

it(
  'opens no forgery: not one changed byte, not a cut, not another secret, not what was sealed for ' +
    'something else',
  () => {
    const own = secret();
    const seal = new SessionSeal(own);
    const bytes = Buffer.from(seal.seal(key).value, 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const forged = Buffer.from(bytes);
      forged[i]! ^= 1;
      expect(seal.open(forged.toString('base64url'))).toBeUndefined();
      expect(seal.open(bytes.subarray(0, i).toString('base64url'))).toBeUndefined();
    }
    expect(new SessionSeal(secret()).open(bytes.toString('base64url'))).toBeUndefined();
    const login = { state: 's', nonce: 'n', codeVerifier: 'c', next: '/' };
    expect(seal.open(new LoginSeal(own).seal(login))).toBeUndefined();
    expect(new LoginSeal(own).open(bytes.toString('base64url'))).toBeUndefined();
    expect(new LoginSeal(own).open(new LoginSeal(own).seal(login))).toEqual(login);
  },
);

it.each([
  ['an API key', key, SESSION_LIFETIME_S.apiKey],
  ['a person', ann, SESSION_LIFETIME_S.person],
])(
  'opens no session of %s that is too old, and one that goes on ends when it would have',
  (_, credential, lifetimeS) => {
    let nowMs = 1_000_000;
    const seal = new SessionSeal(secret(), () => nowMs);
    const first = seal.seal(credential);
    expect(first.maxAgeS).toBe(lifetimeS);
    nowMs += 60_000;
    const gone = seal.seal(credential, seal.open(first.value)?.sinceS);
    expect(gone.maxAgeS).toBe(lifetimeS - 60);
    nowMs += (lifetimeS - 60) * 1000;
    for (const { value } of [first, gone]) expect(seal.open(value)?.credential).toMatchObject(credential);
    nowMs += 1000;
    for (const { value } of [first, gone]) expect(seal.open(value)).toBeUndefined();
  },
);

it('a login is good for ten minutes', () => {
  let nowMs = 0;
  const seal = new LoginSeal(secret(), () => nowMs);
  const sealed = seal.seal({ state: 's', nonce: 'n', codeVerifier: 'c', next: '/' });
  nowMs = 600_000;
  expect(seal.open(sealed)?.state).toBe('s');
  nowMs = 601_000;
  expect(seal.open(sealed)).toBeUndefined();
});

it('secrets change without ending a session: the first seals, all open, and a removed one opens nothing', () => {
  const [old, next] = [secret(), secret()];
  const seal = new SessionSeal(old);
  const before = seal.seal(key).value;
  seal.replaceSecrets(`${next},${old}`);
  const after = seal.seal(key).value;
  expect([
    seal.open(before)?.credential,
    seal.open(after)?.credential,
    new SessionSeal(old).open(after),
  ]).toMatchObject([key, key, undefined]);
  expect(() => {
    seal.replaceSecrets('short');
  }).toThrow('32 bytes');
  seal.replaceSecrets(next);
  expect([seal.open(before), seal.open(after)?.credential]).toMatchObject([undefined, key]);
});
