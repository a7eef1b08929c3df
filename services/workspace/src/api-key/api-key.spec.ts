import { describe, expect, it } from 'vitest';
import { type ApiKey, isNewUse, isUsable } from './api-key.js';

const at = (ms: number) => new Date(ms);
const key: ApiKey = {
  id: 'k',
  displayName: 'ci',
  memberId: 'm',
  role: 'viewer',
  prefix: 'p',
  hash: 'h',
  createTime: at(0),
  expireTime: at(1000),
  lastUseTime: undefined,
  revokeTime: undefined,
};

describe('an API key', () => {
  it('is usable until it ends', () => {
    expect([999, 1000, 1001].map((ms) => isUsable(key, at(ms)))).toEqual([true, false, false]);
  });
  it('without an end is usable for ever', () => {
    expect(isUsable({ ...key, expireTime: undefined }, at(1e15))).toBe(true);
  });
  it('revoked is not usable', () => {
    expect(isUsable({ ...key, revokeTime: at(5) }, at(6))).toBe(false);
  });
  it('notes its use once a minute', () => {
    expect([
      isNewUse(key, at(0)),
      isNewUse({ ...key, lastUseTime: at(0) }, at(59_999)),
      isNewUse({ ...key, lastUseTime: at(0) }, at(60_000)),
    ]).toEqual([true, false, true]);
  });
});
