import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  memoryAudit,
  memoryIdentities,
  memoryMember,
  memorySessions,
  memoryTeam,
  memoryTeams,
  TEAM,
} from '../../test/memory-workspace.js';
import { SessionService } from '../session/session.service.js';
import { UNLIMITED } from '../team/team.js';
import { IdentityService } from './identity.service.js';

const ann = memoryMember('admin', 'ann@example.org');
const person = { issuer: 'https://id.example.org', subject: 'a1' };
const SESSION = '0190a3c2-7c1e-7b6a-9d1f-2f4b7a1c9e01';

let audit: ReturnType<typeof memoryAudit>;
let identities: ReturnType<typeof memoryIdentities>;
let service: IdentityService;
let sessions: SessionService;

beforeEach(() => {
  [audit, identities] = [memoryAudit(), memoryIdentities([ann])];
  sessions = new SessionService(memoryWork, memorySessions());
  service = new IdentityService(
    memoryWork,
    identities,
    memoryTeams(memoryTeam({ quota: { ...UNLIMITED, maxRequestsPerMinute: 7 } })),
    audit,
    {
      sign: (principal) =>
        Promise.resolve({ token: JSON.stringify(principal), expiresAt: new Date(1), keyId: 'k' }),
    },
    sessions,
  );
});

describe('signing in', () => {
  it('makes the person the member whom an admin invited by that address, once', async () => {
    const membership = { teamId: TEAM, teamDisplayName: 'Digits', memberId: ann.id, role: 'admin' };
    expect(await service.signIn(person, ann.email)).toEqual([membership]);
    expect(await service.signIn(person, '')).toEqual([membership]);
    expect(audit.changes).toEqual([`${ann.id} SignInIdentity member`]);
  });

  it('gives another person with the same address no membership', async () => {
    await service.signIn(person, ann.email);
    expect(await service.signIn({ ...person, subject: 'b2' }, ann.email)).toEqual([]);
  });

  it('without a verified address finds no invitation', async () => {
    expect(await service.signIn(person, '')).toEqual([]);
    expect(audit.changes).toEqual([]);
  });

  it('takes the member that a concurrent request has bound', async () => {
    identities.bind = (memberId) => {
      identities.bound.set(`${person.issuer} ${person.subject}`, memberId);
      return Promise.resolve(false);
    };
    expect(await service.signIn(person, ann.email)).toMatchObject([{ memberId: ann.id }]);
    expect(audit.changes).toEqual([]);
  });

  it.each(['issuer', 'subject'])('is refused without %s', async (field) => {
    await expect(service.signIn({ ...person, [field]: '' }, ann.email)).rejects.toMatchObject({
      reason: 'IDENTITY_INCOMPLETE',
    });
  });
});

describe('a token of a person', () => {
  it('carries the role of the member and the rate of the team', async () => {
    await service.signIn(person, ann.email);
    const { token, ...signedIn } = await service.exchange(TEAM, person);
    const principal = { teamId: TEAM, subject: ann.id, role: 'admin' };
    expect(signedIn).toMatchObject(principal);
    expect(JSON.parse(token)).toEqual({ ...principal, requestsPerMinute: 7 });
  });

  it('does not exist for a person who is no member', async () => {
    await expect(service.exchange(TEAM, person)).rejects.toMatchObject({ reason: 'IDENTITY_UNKNOWN' });
  });

  it('does not exist for a session that has ended', async () => {
    await service.signIn(person, ann.email);
    await service.exchange(TEAM, person, SESSION);
    await sessions.end({ teamId: TEAM, subject: ann.id }, SESSION);
    await expect(service.exchange(TEAM, person, SESSION)).rejects.toMatchObject({
      reason: 'SESSION_INVALID',
    });
  });
});
