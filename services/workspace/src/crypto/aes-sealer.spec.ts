import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { AesSealer } from './aes-sealer.js';

const sealer = new AesSealer(randomBytes(32).toString('base64'));

it('opens what it sealed, and seals the same value differently each time', () => {
  const [a, b] = [sealer.seal('hunter2 ✓', 'row'), sealer.seal('hunter2 ✓', 'row')];
  expect([sealer.open(a, 'row'), sealer.open(b, 'row')]).toEqual(['hunter2 ✓', 'hunter2 ✓']);
  expect(a).not.toEqual(b);
  expect(Buffer.from(a).includes('hunter2')).toBe(false);
});
it('opens nothing that was changed, moved to another row, or sealed by another', () => {
  const sealed = sealer.seal('x', 'row');
  for (let i = 0; i < sealed.length; i++) {
    const changed = Uint8Array.from(sealed);
    changed[i] = changed[i]! ^ 1;
    expect(() => sealer.open(changed, 'row')).toThrow();
  }
  expect(() => sealer.open(sealed, 'other')).toThrow();
  expect(() => new AesSealer(randomBytes(32).toString('base64')).open(sealed, 'row')).toThrow();
});
it('without a key refuses to seal and says what to do', () => { expect(() => new AesSealer(undefined).seal('x', 'row')).toThrow(/NOEMA_SECRETS_KEY/); });
