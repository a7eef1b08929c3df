import { expect, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.js';

it('refuses after faults in a row, lets one try after a while, and closes at the first answer', () => {
  let nowMs = 0;
  const breaker = new CircuitBreaker({ service: 'training', faults: 3, openMs: 100, nowMs: () => nowMs });
  const passes = (): boolean => {
    try {
      breaker.enter();
      return true;
    } catch (error) {
      expect(error).toMatchObject({ kind: 'unavailable', reason: 'SERVICE_AWAY' });
      return false;
    }
  };
  breaker.notAnswered();
  breaker.notAnswered();
  breaker.answered();
  for (let i = 0; i < 3; i++) {
    expect(passes()).toBe(true);
    breaker.notAnswered();
  }
  expect(passes()).toBe(false);
  nowMs = 100;
  expect([passes(), passes()]).toEqual([true, false]);
  breaker.notAnswered();
  nowMs = 199;
  expect(passes()).toBe(false);
  nowMs = 200;
  expect(passes()).toBe(true);
  breaker.answered();
  expect([passes(), passes()]).toEqual([true, true]);
});
