import { DomainError } from '@noema/kernel';
import { expect, it } from 'vitest';
import { AccessTokens } from './access-tokens.js';

const KEY = 'Bearer noema_abc_def';

function clocked() {
  const state = { ms: 0, asked: 0, fault: undefined as DomainError | undefined };
  const exchange = () => {
    state.asked++;
    return state.fault === undefined
      ? Promise.resolve({ token: `t${state.asked}`, lifetimeMs: 900_000 })
      : Promise.reject(state.fault);
  };
  return { state, tokens: new AccessTokens({ exchange }, () => state.ms) };
}
const away = new DomainError('unavailable', 'AWAY', 'away');

it('asks once for many requests, and again after two seconds', async () => {
  const { state, tokens } = clocked();
  expect(await Promise.all([1, 2, 3].map(() => tokens.authorizationFor(KEY)))).toEqual([
    'Bearer t1',
    'Bearer t1',
    'Bearer t1',
  ]);
  state.ms = 1_999;
  expect(await tokens.authorizationFor(KEY)).toBe('Bearer t1');
  state.ms = 2_001;
  expect(await tokens.authorizationFor(KEY)).toBe('Bearer t2');
  expect(state.asked).toBe(2);
});
it('RELIABILITY 44: a revoked key is refused two seconds later at the latest', async () => {
  const { state, tokens } = clocked();
  await tokens.authorizationFor(KEY);
  state.fault = new DomainError('unauthenticated', 'API_KEY_INVALID', 'revoked');
  state.ms = 2_001;
  await expect(tokens.authorizationFor(KEY)).rejects.toMatchObject({ reason: 'API_KEY_INVALID' });
  await expect(tokens.authorizationFor(KEY)).rejects.toMatchObject({ reason: 'API_KEY_INVALID' });
});
it('goes on with the token while the workspace service is unavailable, until shortly before it expires', async () => {
  const { state, tokens } = clocked();
  await tokens.authorizationFor(KEY);
  state.fault = away;
  state.ms = 30_001;
  expect(await Promise.all([1, 2, 3].map(() => tokens.authorizationFor(KEY)))).toEqual([
    'Bearer t1',
    'Bearer t1',
    'Bearer t1',
  ]);
  expect(await tokens.authorizationFor(KEY)).toBe('Bearer t1');
  expect(state.asked).toBe(2); // no caller waited for an answer a second time
  state.ms = 840_001;
  await expect(tokens.authorizationFor(KEY)).rejects.toBe(away);
  state.fault = undefined;
  expect(await tokens.authorizationFor(KEY)).toMatch(/^Bearer t/);
});
