import { describe, expect, it } from 'vitest';
import { type ApiKey, isNewUse, isUsable } from './api-key.js';
import { displayName } from '@noema/kernel';
import { lesserRole } from '../member/member.js';
import { newTeamId } from '../team/team.service.js';

const at = (ms: number) => new Date(ms);
const key: ApiKey = {
  id: 'k',
  displayName: 'ci',
  memberId: 'm',
  role: 'viewer',
  prefix: 'p',
  hash: 'h',
  createdAt: at(0),
  expiresAt: at(1000),
  lastUsedAt: undefined,
  revokedAt: undefined,
};

describe('an API key', () => {
  it('is usable until it ends', () => {
    expect([999, 1000, 1001].map((ms) => isUsable(key, at(ms)))).toEqual([true, false, false]);
  });
  it('without an end is usable for ever', () => {
    expect(isUsable({ ...key, expiresAt: undefined }, at(1e15))).toBe(true);
  });
  it('revoked is not usable', () => {
    expect(isUsable({ ...key, revokedAt: at(5) }, at(6))).toBe(false);
  });
  it('notes its use once a minute', () => {
    expect([
      isNewUse(key, at(0)),
      isNewUse({ ...key, lastUsedAt: at(0) }, at(59_999)),
      isNewUse({ ...key, lastUsedAt: at(0) }, at(60_000)),
    ]).toEqual([true, false, true]);
  });
});

it('the lesser of two roles', () => {
  expect([
    lesserRole('admin', 'viewer'),
    lesserRole('editor', 'admin'),
    lesserRole('viewer', 'viewer'),
  ]).toEqual(['viewer', 'editor', 'viewer']);
});

it.each([
  ['', /is empty/],
  [' \t ', /is empty/],
  ['x'.repeat(121), /121 characters/],
  ['a\u0000b', /control/],
])('refuses the name %j', (name, why) => {
  expect(() => displayName(name)).toThrow(why);
});
it('trims a name', () => {
  expect(displayName('  Ziffern ✓ ')).toBe('Ziffern ✓');
});

it('a new team has the id asked for, one by its request id, or a fresh one', () => {
  expect(newTeamId('0190a000-0000-7000-8000-000000000001', 'r')).toBe('0190a000-0000-7000-8000-000000000001');
  expect(newTeamId('', 'r')).toBe(newTeamId('', 'r'));
  expect(newTeamId('', '')).not.toBe(newTeamId('', ''));
  expect(() => newTeamId('../x', '')).toThrow(/no UUID/);
});
