import { apiKeyMatches } from '@noema/auth';
import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  memoryApiKeys,
  memoryAudit,
  memoryMember,
  memoryMembers,
  query,
  TEAM,
} from '../../test/memory-workspace.js';
import { ApiKeyService } from './api-key.service.js';

const editor = memoryMember('editor');
const actor = { teamId: TEAM, subject: editor.id };
const fields = { displayName: 'ci', memberId: '', role: undefined, expireTime: undefined };

let audit: ReturnType<typeof memoryAudit>;
let service: ApiKeyService;
beforeEach(() => {
  audit = memoryAudit();
  service = new ApiKeyService(memoryWork, memoryApiKeys(), memoryMembers(editor), audit);
});
/** As an async call, which rejects where the service throws. */
const create = async (change = {}) => service.create(actor, { ...fields, ...change });

describe('creating a key', () => {
  it('returns its secret and stores only its hash; it is the key of the caller', async () => {
    const { apiKey, secret } = await create();
    expect(apiKeyMatches(secret, apiKey.hash)).toBe(true);
    expect(JSON.stringify(await service.get(actor, apiKey.id))).not.toContain(secret);
    expect(apiKey).toMatchObject({ memberId: editor.id, role: 'editor' });
    expect(audit.changes).toEqual([`${editor.id} CreateApiKey api_key`]);
    expect(JSON.stringify(audit.details)).not.toContain(secret);
  });

  it.each([
    ['viewer', 'viewer'],
    ['admin', 'editor'],
  ] as const)(
    'with the role %s gives it the role %s: never more than its member has',
    async (role, given) => {
      expect((await create({ role })).apiKey.role).toBe(given);
    },
  );

  it.each([
    ['EXPIRE_TIME_PASSED', { expireTime: new Date(0) }],
    ['MEMBER_NOT_FOUND', { memberId: uuidv7() }],
    ['MEMBER_NOT_FOUND', { memberId: 'operator' }],
    ['DISPLAY_NAME_INVALID', { displayName: '' }],
  ])('is refused with %s', async (reason, change) => {
    await expect(create(change)).rejects.toMatchObject({ reason });
    expect((await service.list(actor, query)).items).toEqual([]);
  });
});

describe('revoking a key', () => {
  it('notes when it was revoked first', async () => {
    const { apiKey } = await create();
    const { revokeTime } = await service.revoke(actor, apiKey.id);
    expect(revokeTime).toBeInstanceOf(Date);
    expect((await service.revoke(actor, apiKey.id)).revokeTime).toBe(revokeTime);
    expect(audit.changes.at(-1)).toBe(`${editor.id} RevokeApiKey api_key`);
  });

  it.each([uuidv7(), 'no id'])('does not find %s', async (id) => {
    await expect(service.revoke(actor, id)).rejects.toMatchObject({ reason: 'API_KEY_NOT_FOUND' });
    await expect(service.get(actor, id)).rejects.toMatchObject({ reason: 'API_KEY_NOT_FOUND' });
  });
});
