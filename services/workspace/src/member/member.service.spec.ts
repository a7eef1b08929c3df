import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  memoryAudit,
  memoryMember,
  memoryMembers,
  memoryTeam,
  memoryTeams,
  query,
  TEAM,
} from '../../test/memory-workspace.js';
import { MemberService } from './member.service.js';

const [admin, editor] = [memoryMember('admin', 'ann@example.org'), memoryMember('editor', 'ed@example.org')];
const ann = { teamId: TEAM, subject: admin.id };
const fields = { displayName: 'Ben', email: ' ben@example.org ', role: 'viewer' } as const;

let audit: ReturnType<typeof memoryAudit>;
let released: string[];
let service: MemberService;

beforeEach(() => {
  [audit, released] = [memoryAudit(), []];
  service = new MemberService(memoryWork, memoryMembers(admin, editor), memoryTeams(memoryTeam()), audit, {
    release: (memberId) => Promise.resolve(void released.push(memberId)),
  });
});
/** As an async call, which rejects where the service throws. */
const create = async (change = {}) => service.create(ann, { ...fields, ...change });

describe('adding a member', () => {
  it('trims the address and notes who did it', async () => {
    const member = await create();
    expect(await service.get(ann, member.id)).toMatchObject({ email: 'ben@example.org', role: 'viewer' });
    expect(audit.changes).toEqual([`${admin.id} CreateMember member`]);
    expect((await service.list(ann, query)).items).toContainEqual(member);
  });

  it.each([
    ['EMAIL_INVALID', { email: 'ben' }],
    ['EMAIL_INVALID', { email: 'ben @example.org' }],
    ['ROLE_INVALID', { role: undefined }],
    ['MEMBER_EMAIL_TAKEN', { email: admin.email }],
    ['DISPLAY_NAME_INVALID', { displayName: '' }],
  ])('is refused with %s for %o', async (reason, change) => {
    await expect(create(change)).rejects.toMatchObject({ reason });
    expect(audit.changes).toEqual([]);
  });

  it('without an address adds a program', async () => {
    expect((await create({ email: '' })).email).toBe('');
    expect((await create({ email: ' ' })).email).toBe('');
  });
});

describe('changing a member', () => {
  it('with another address makes the person sign in anew', async () => {
    await service.update(ann, editor.id, { email: 'ED@example.org', role: 'viewer' });
    expect(released).toEqual([]);
    await service.update(ann, editor.id, { email: 'eve@example.org' });
    expect(released).toEqual([editor.id]);
    expect(audit.details[0]).toMatchObject({ role_before: 'editor', role_after: 'viewer' });
  });

  it('leaves what the request does not name', async () => {
    const changed = await service.update(ann, editor.id, { displayName: 'Ed' });
    expect(changed).toMatchObject({ displayName: 'Ed', email: 'ed@example.org', role: 'editor' });
    await expect(service.update(ann, editor.id, { role: undefined })).rejects.toMatchObject({
      reason: 'ROLE_INVALID',
    });
  });

  it.each([uuidv7(), 'no id'])('does not find %s', async (id) => {
    const notFound = { reason: 'MEMBER_NOT_FOUND' };
    await expect(service.get(ann, id)).rejects.toMatchObject(notFound);
    await expect(service.update(ann, id, {})).rejects.toMatchObject(notFound);
    await expect(service.delete(ann, id)).rejects.toMatchObject(notFound);
  });
});

describe('the last admin', () => {
  const lastAdmin = { reason: 'LAST_ADMIN' };

  it('stays an admin and a member', async () => {
    await expect(service.update(ann, admin.id, { role: 'editor' })).rejects.toMatchObject(lastAdmin);
    await expect(service.delete(ann, admin.id)).rejects.toMatchObject(lastAdmin);
    expect((await service.firstAdmin(ann)).id).toBe(admin.id);
  });

  it('may leave once another member is an admin', async () => {
    await service.update(ann, editor.id, { role: 'admin' });
    await service.delete(ann, admin.id);
    expect((await service.firstAdmin(ann)).id).toBe(editor.id);
    await expect(service.delete(ann, editor.id)).rejects.toMatchObject(lastAdmin);
  });
});
