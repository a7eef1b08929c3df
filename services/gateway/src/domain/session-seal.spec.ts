import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { SESSION_LIFETIME_S, SessionSeal } from './session-seal.js';

const secret = (): string => randomBytes(32).toString('base64');
const key = 'noema_0123456789ab_secret';

it('gives back what it sealed, never the same text twice, and nothing of the key in it', () => {
  const seal = new SessionSeal(secret());
  const [one, two] = [seal.seal(key), seal.seal(key)];
  expect([seal.open(one), seal.open(two)]).toEqual([key, key]);
  expect(one).not.toBe(two);
  expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('noema_');
});

it('opens no forgery: not one changed byte, not a cut, not another secret', () => {
  const seal = new SessionSeal(secret());
  const bytes = Buffer.from(seal.seal(key), 'base64url');
  for (let i = 0; i < bytes.length; i++) {
    const forged = Buffer.from(bytes);
    forged[i]! ^= 1;
    expect(seal.open(forged.toString('base64url'))).toBeUndefined();
    expect(seal.open(bytes.subarray(0, i).toString('base64url'))).toBeUndefined();
  }
  expect(new SessionSeal(secret()).open(bytes.toString('base64url'))).toBeUndefined();
});

it('opens no session that is too old', () => {
  let nowMs = 1_000_000;
  const seal = new SessionSeal(secret(), () => nowMs);
  const sealed = seal.seal(key);
  nowMs += SESSION_LIFETIME_S * 1000;
  expect(seal.open(sealed)).toBe(key);
  nowMs += 1000;
  expect(seal.open(sealed)).toBeUndefined();
});
