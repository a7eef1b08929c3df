import { memoryWork } from '@noema/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  memoryApiKeys,
  memoryAudit,
  memoryMember,
  memoryMembers,
  memorySessions,
  memoryTeam,
  memoryTeams,
  TEAM,
} from '../../test/memory-workspace.js';
import type { ApiKey } from '../api-key/api-key.js';
import { ApiKeyService } from '../api-key/api-key.service.js';
import { SessionService } from '../session/session.service.js';
import { UNLIMITED } from '../team/team.js';
import { TokenService } from './token.service.js';

const SESSION = '0190a3c2-7c1e-7b6a-9d1f-2f4b7a1c9e01';
const REFUSED = { kind: 'unauthenticated', reason: 'API_KEY_INVALID' };
const MINUTE_MS = 60_000;
const editor = memoryMember('editor');
const actor = { teamId: TEAM, subject: editor.id };

let keys: ApiKeyService;
let members: ReturnType<typeof memoryMembers>;
let sessions: SessionService;
let tokens: TokenService;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-05-01T12:00:00Z') });
  const stored = memoryApiKeys();
  members = memoryMembers(editor);
  sessions = new SessionService(memoryWork, memorySessions());
  keys = new ApiKeyService(memoryWork, stored, members, memoryAudit());
  tokens = new TokenService(
    memoryWork,
    stored,
    members,
    memoryTeams(memoryTeam({ quota: { ...UNLIMITED, maxRequestsPerMinute: 7 } })),
    {
      sign: (principal) =>
        Promise.resolve({ token: JSON.stringify(principal), expiresAt: new Date(1), keyId: 'k' }),
    },
    sessions,
  );
});
afterEach(() => {
  vi.useRealTimers();
});

const create = (fields: Partial<Pick<ApiKey, 'role' | 'expireTime'>> = {}) =>
  keys.create(actor, { displayName: 'ci', memberId: '', role: undefined, expireTime: undefined, ...fields });

describe('exchanging a key', () => {
  it('signs a token with the key, the lesser role of key and member, and the rate of the team', async () => {
    const { apiKey, secret } = await create({ role: 'viewer' });
    const { token, role } = await tokens.exchange(secret);
    expect(role).toBe('viewer');
    const principal = { teamId: TEAM, subject: editor.id, role: 'viewer' };
    expect(JSON.parse(token)).toEqual({ ...principal, requestsPerMinute: 7, apiKeyId: apiKey.id });
    await members.update({ ...editor, role: 'viewer' });
    expect((await tokens.exchange((await create()).secret)).role).toBe('viewer');
  });

  it('notes its use, to the minute', async () => {
    const { apiKey, secret } = await create();
    const used = async () => {
      await tokens.exchange(secret);
      return (await keys.get(actor, apiKey.id)).lastUseTime?.getTime();
    };
    const first = Date.now();
    expect(await used()).toBe(first);
    vi.setSystemTime(first + MINUTE_MS - 1);
    expect(await used()).toBe(first);
    vi.setSystemTime(first + MINUTE_MS);
    expect(await used()).toBe(first + MINUTE_MS);
  });

  it('is refused with the same error for everything that is wrong with the key', async () => {
    const { apiKey, secret } = await create({ expireTime: new Date(Date.now() + MINUTE_MS) });
    const wrong = [
      'no key',
      `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`,
      `noema_${'0'.repeat(12)}_${'A'.repeat(43)}`,
    ];
    for (const text of wrong)
      await expect((async () => tokens.exchange(text))()).rejects.toMatchObject(REFUSED);
    await tokens.exchange(secret);
    vi.setSystemTime(Date.now() + MINUTE_MS);
    await expect(tokens.exchange(secret)).rejects.toMatchObject(REFUSED);
    const revoked = await create();
    await keys.revoke(actor, revoked.apiKey.id);
    await expect(tokens.exchange(revoked.secret)).rejects.toMatchObject(REFUSED);
    expect(apiKey.memberId).toBe(editor.id);
  });

  it('is refused when the member was removed', async () => {
    const { secret } = await create();
    await members.delete(editor.id);
    await expect(tokens.exchange(secret)).rejects.toMatchObject(REFUSED);
  });

  it('is refused for a session that has ended', async () => {
    const { secret } = await create();
    await tokens.exchange(secret, SESSION);
    await sessions.end(actor, SESSION);
    await expect(tokens.exchange(secret, SESSION)).rejects.toMatchObject({ reason: 'SESSION_INVALID' });
  });
});

describe('the caller', () => {
  it('is a member or a service of its team', async () => {
    expect(await tokens.self(actor)).toMatchObject({ team: { id: TEAM }, member: { id: editor.id } });
    expect((await tokens.self({ teamId: TEAM, subject: 'datasets' })).member).toBeUndefined();
    await expect(tokens.self({ ...actor, teamId: SESSION })).rejects.toMatchObject({
      reason: 'TEAM_NOT_FOUND',
    });
  });
});
