import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  memoryApiKeys,
  memoryAudit,
  memoryMembers,
  memoryTeam,
  memoryTeams,
  TEAM,
} from '../../test/memory-workspace.js';
import { ApiKeyService } from '../api-key/api-key.service.js';
import { UNLIMITED } from './team.js';
import { newTeamId, TeamService, type TeamSettings } from './team.service.js';

const ann = { teamId: TEAM, subject: 'ann' };
const settings = { adminsSetQuotas: false, teamRequestsPerMinute: 60, teamRunningJobs: 4 };
const wanted = { id: TEAM, displayName: 'Digits', adminDisplayName: 'Ann', adminEmail: 'ann@example.org' };

let audit: ReturnType<typeof memoryAudit>;
let deleted: string[];

/** The service with no team, or with the one that is given. */
function serviceWith(teams = memoryTeams(), change: Partial<TeamSettings> = {}): TeamService {
  const members = memoryMembers();
  return new TeamService(
    memoryWork,
    teams,
    members,
    new ApiKeyService(memoryWork, memoryApiKeys(), members, audit),
    audit,
    { deleted: (teamId) => Promise.resolve(void deleted.push(teamId)) },
    { ...settings, ...change },
  );
}

beforeEach(() => {
  [audit, deleted] = [memoryAudit(), []];
});

it('a new team has the requested id, one by its request id, or a fresh one', () => {
  expect(newTeamId('0190a000-0000-7000-8000-000000000001', 'r')).toBe('0190a000-0000-7000-8000-000000000001');
  expect(newTeamId('', 'r')).toBe(newTeamId('', 'r'));
  expect(newTeamId('', '')).not.toBe(newTeamId('', ''));
  expect(() => newTeamId('../x', '')).toThrow(/no UUID/);
});

describe('creating a team', () => {
  it('gives it an admin with a key, and the quota of new teams', async () => {
    const { team, admin, adminApiKey } = await serviceWith().create('operator', wanted);
    expect(team).toMatchObject({
      id: TEAM,
      quota: { ...UNLIMITED, maxRequestsPerMinute: 60, maxRunningJobs: 4 },
    });
    expect(admin).toMatchObject({ displayName: 'Ann', email: 'ann@example.org', role: 'admin' });
    expect(adminApiKey).toMatch(/^noema_/);
    expect(audit.changes).toEqual(['operator CreateApiKey api_key', 'operator CreateTeam team']);
  });

  it('takes the quota of the request, also one without limits', async () => {
    const quota = { ...UNLIMITED, maxProjects: 3 };
    expect((await serviceWith().create('operator', { ...wanted, quota })).team.quota).toEqual(quota);
    await expect(
      (async () => serviceWith().create('operator', { ...wanted, quota: { ...quota, maxSamples: -1n } }))(),
    ).rejects.toMatchObject({ reason: 'QUOTA_INVALID' });
  });

  it('that exists returns it unchanged, without a key', async () => {
    const service = serviceWith();
    const first = await service.create('operator', wanted);
    expect(await service.create('operator', { ...wanted, displayName: 'Other' })).toEqual({
      ...first,
      adminApiKey: '',
    });
  });
});

describe('a team', () => {
  it('is found by its own members alone', async () => {
    const service = serviceWith(memoryTeams(memoryTeam()));
    expect(await service.get(ann, TEAM)).toEqual(memoryTeam());
    const other = { teamId: uuidv7(), subject: 'ben' };
    for (const call of [() => service.get(other, TEAM), () => service.get(other, other.teamId)])
      await expect((async () => call())()).rejects.toMatchObject({ reason: 'TEAM_NOT_FOUND' });
  });

  it('changes only what a request names', async () => {
    const service = serviceWith(memoryTeams(memoryTeam({ quota: { ...UNLIMITED, maxProjects: 3 } })));
    expect(await service.update(ann, TEAM, { displayName: 'Letters' })).toMatchObject({
      displayName: 'Letters',
      quota: { maxProjects: 3 },
    });
    expect(await service.setQuota(ann, { maxSamples: 10n })).toMatchObject({
      displayName: 'Letters',
      quota: { maxProjects: 3, maxSamples: 10n },
    });
    expect(audit.details.at(-1)).toMatchObject({ display_name: 'Letters', maxSamples: '10' });
  });

  it('has a quota that only the operator changes, unless admins may', async () => {
    const change = { quota: { ...UNLIMITED, maxProjects: 1 } };
    await expect(serviceWith(memoryTeams(memoryTeam())).update(ann, TEAM, change)).rejects.toMatchObject({
      reason: 'QUOTA_IS_THE_OPERATORS',
    });
    const admins = serviceWith(memoryTeams(memoryTeam()), { adminsSetQuotas: true });
    expect((await admins.update(ann, TEAM, change)).quota.maxProjects).toBe(1);
    expect((await admins.update(ann, TEAM, { quota: undefined })).quota).toEqual(UNLIMITED);
  });

  it('is deleted, and announced as deleted, when its name is confirmed', async () => {
    const teams = memoryTeams(memoryTeam());
    const service = serviceWith(teams);
    await expect(service.delete(ann, TEAM, 'digits')).rejects.toMatchObject({ reason: 'NAME_NOT_CONFIRMED' });
    expect(deleted).toEqual([]);
    await service.delete(ann, TEAM, 'Digits');
    expect([deleted, teams.stored.size]).toEqual([[TEAM], 0]);
    expect(audit.changes).toEqual(['ann DeleteTeam team']);
  });
});
