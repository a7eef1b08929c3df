import { expect, it } from 'vitest';
import { SignInBackOff } from './sign-in-back-off.js';

it('forgives twenty wrong keys, then makes wait twice as long each time, until a right one or ten minutes', () => {
  let nowMs = 0;
  const backOff = new SignInBackOff(() => nowMs);
  const waitS = (): number => {
    try {
      backOff.enter('a');
      return 0;
    } catch (error) {
      expect(error).toMatchObject({ kind: 'exhausted', reason: 'SIGN_IN_BACK_OFF' });
      return Number((error as { metadata: Record<string, string> }).metadata['retry_after_seconds']);
    }
  };
  const fail = (times: number): void => {
    for (let i = 0; i < times; i++) backOff.failed('a');
  };
  fail(20);
  expect(waitS()).toBe(0);
  const waits = Array.from({ length: 7 }, () => {
    fail(1);
    return waitS();
  });
  expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
  expect(() => {
    backOff.enter('b');
  }).not.toThrow();
  nowMs += 30_000;
  expect(waitS()).toBe(0);
  backOff.succeeded('a');
  fail(1);
  expect(waitS()).toBe(0);
  fail(25);
  nowMs += 11 * 60_000;
  fail(1);
  expect(waitS()).toBe(0);
});
