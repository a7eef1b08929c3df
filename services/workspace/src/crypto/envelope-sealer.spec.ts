import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encrypt } from './aes-gcm.js';
import { EnvelopeSealer } from './envelope-sealer.js';
import { keyRingFault } from './key-ring.js';

const newKey = (): string => randomBytes(32).toString('base64');
const makeSealer = (text: string | undefined): EnvelopeSealer => new EnvelopeSealer({ secretsKey: text });
const [one, two] = [newKey(), newKey()];
const owner = { teamId: 'team', secretId: 'secret' };
const unreadable = expect.objectContaining({ kind: 'data-loss', reason: 'SECRET_UNREADABLE' }) as Error;

describe('an envelope', () => {
  const sealer = makeSealer(one);
  it('opens to the value, and the same value is sealed differently each time', () => {
    const [a, b] = [sealer.seal('hunter2 ✓', owner), sealer.seal('hunter2 ✓', owner)];
    expect([sealer.open(a, owner), sealer.open(b, owner)]).toEqual(['hunter2 ✓', 'hunter2 ✓']);
    expect(a.sealed).not.toEqual(b.sealed);
    expect(Buffer.from(a.sealed).includes('hunter2')).toBe(false);
  });
  it('does not open when any byte was changed', () => {
    const value = sealer.seal('x', owner);
    for (const part of ['sealed', 'wrappedKey'] as const) {
      for (let i = 0; i < value[part]!.length; i++) {
        const changed = Uint8Array.from(value[part]!);
        changed[i] = changed[i]! ^ 1;
        expect(() => sealer.open({ ...value, [part]: changed }, owner)).toThrow(unreadable);
      }
      for (const length of [0, 5, 12, 20, 28])
        expect(() => sealer.open({ ...value, [part]: value[part]!.slice(0, length) }, owner)).toThrow(
          unreadable,
        );
    }
  });
  it('opens for no other team, no other secret, with no other key and with no part of another envelope', () => {
    const [value, other] = [sealer.seal('x', owner), sealer.seal('y', { ...owner, secretId: 'other' })];
    expect(() => sealer.open(value, { ...owner, teamId: 'other' })).toThrow(unreadable);
    expect(() => sealer.open(value, { ...owner, secretId: 'other' })).toThrow(unreadable);
    expect(() => sealer.open({ ...value, sealed: other.sealed }, owner)).toThrow(unreadable);
    expect(() => sealer.open({ ...value, wrappedKey: other.wrappedKey }, owner)).toThrow(unreadable);
    expect(() => makeSealer(two).open(value, owner)).toThrow(unreadable);
    expect(() => makeSealer(`${value.keyId!}:${two}`).open(value, owner)).toThrow(unreadable);
  });
});

describe('rotation', () => {
  it('wraps the same sealed bytes by the new key; then the old key is not needed', () => {
    const before = makeSealer(`old:${one}`).seal('hunter2', owner);
    const after = makeSealer(`new:${two},old:${one}`).rewrap(before, owner);
    expect([before.keyId, after.keyId]).toEqual(['old', 'new']);
    expect(after.sealed).toBe(before.sealed);
    expect(makeSealer(`new:${two}`).open(after, owner)).toBe('hunter2');
    expect(() => makeSealer(`new:${two}`).open(before, owner)).toThrow(unreadable);
  });
  it('a key that had no id is known again after it got one', () => {
    const before = makeSealer(one).seal('hunter2', owner);
    expect(makeSealer(`new:${two},old:${one}`).open(before, owner)).toBe('hunter2');
  });
  it('opens and seals anew what was sealed before there were envelopes', () => {
    const old = {
      keyId: undefined,
      wrappedKey: undefined,
      sealed: encrypt(Buffer.from(one, 'base64'), Buffer.from('hunter2'), owner.secretId),
    };
    const ring = makeSealer(`new:${two},old:${one}`);
    expect(ring.open(old, owner)).toBe('hunter2');
    expect(makeSealer(`new:${two}`).open(ring.rewrap(old, owner), owner)).toBe('hunter2');
    expect(() => makeSealer(two).open(old, owner)).toThrow(unreadable);
    expect(() => ring.open(old, { ...owner, secretId: 'other' })).toThrow(unreadable);
  });
});

it('without a key refuses to seal and says what to do', () => {
  expect(() => makeSealer(undefined).seal('x', owner)).toThrow(/NOEMA_SECRETS_KEY/);
});
it.each([
  [one, undefined],
  [`a:${one}`, undefined],
  [`a:${one},b:${two}`, undefined],
  ['abc', /not 32 bytes/],
  [`${one},${two}`, /list/],
  [`a:${one},b:abc`, /list/],
  [`a:${one},a:${two}`, /twice/],
  [`a b:${one}`, /list/],
])('the keys %s', (text, fault) => {
  if (fault === undefined) expect(keyRingFault(text)).toBeUndefined();
  else expect(keyRingFault(text)).toMatch(fault);
});
