import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { expect, it } from 'vitest';
import { endOfLife, KEY_LIVES, keyState, untilEnd } from './key-state.js';

it('a key is active until it ends or is revoked', () => {
  const at = timestampFromMs(1000);
  expect(keyState({}, 5000)).toBe('active');
  expect(keyState({ expireTime: at }, 999)).toBe('active');
  expect(keyState({ expireTime: at }, 1000)).toBe('expired');
  expect(keyState({ expireTime: at, revokeTime: at }, 5000)).toBe('revoked');
});

it('lives are in days', () => {
  expect(KEY_LIVES.map(({ value }) => endOfLife(value, 5))).toEqual([
    2_592_000_005,
    7_776_000_005,
    31_536_000_005,
    undefined,
  ]);
});

it('says how long a key has left', () => {
  expect([90 * 86_400_000 - 5, 86_400_000, 7_200_000, -5].map((ms) => untilEnd(ms, 0))).toEqual([
    'in 90 days',
    'tomorrow',
    'in 2 hours',
    'this hour',
  ]);
});
