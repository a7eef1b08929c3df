import { TokenVerifier } from '@noema/auth';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { UsageService } from '@noema/contracts/noema/workspace/v1/usage_service';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorkspace } from './running-workspace.js';

let platform: Awaited<ReturnType<typeof startWorkspace>>;
beforeAll(async () => {
  platform = await startWorkspace();
});
afterAll(async () => {
  await platform.stop();
});

const usage = (over: object) => ({
  samples: 0n,
  storedBytes: 0n,
  queuedJobs: 0,
  runningJobs: 0,
  gpuSeconds: 0,
  compute: [],
  ...over,
});

it('is what all services said last, against the quota; each hears what the team has elsewhere', async () => {
  const team = await platform.newTeam();
  const as = async (service: string) =>
    team.as(UsageService, await platform.signToken('service', team.teamId, service));
  await team.as(ProjectService).createProject({ displayName: 'p' });
  await team.as(TeamService).updateTeam({
    team: { id: team.teamId, quota: { maxSamples: 1000n, maxStoredBytes: 500n, maxRunningJobs: 4 } },
    updateMask: { paths: ['quota'] },
  });
  await (await as('datasets')).reportUsage({ usage: usage({ samples: 1n }) });
  await (await as('datasets')).reportUsage({
    usage: usage({ samples: 600n, storedBytes: 300n, runningJobs: 1 }),
  });
  const compute = [{ day: '2026-01-31', device: 'cuda', seconds: 12.5 }];
  const told = await (await as('training')).reportUsage({
    usage: usage({ storedBytes: 250n, queuedJobs: 2, runningJobs: 2, gpuSeconds: 12.5, compute }),
  });
  expect(told).toMatchObject({
    quota: { maxSamples: 1000n, maxRunningJobs: 4 },
    elsewhere: { samples: 600n, storedBytes: 300n, runningJobs: 1 },
  });
  expect(
    (
      await (
        await as('datasets')
      ).reportUsage({ usage: usage({ samples: 600n, storedBytes: 300n, runningJobs: 1 }) })
    ).elsewhere,
  ).toMatchObject({ storedBytes: 250n, runningJobs: 2, gpuSeconds: 12.5 });
  const { usage: seen } = await team
    .as(UsageService, await platform.signToken('viewer', team.teamId))
    .getTeamUsage({ teamId: team.teamId });
  expect(Object.fromEntries(seen!.quotas.map((q) => [q.quota, [q.limit, q.used, q.left]]))).toEqual({
    projects: [0n, 1n, 0n],
    samples: [1000n, 600n, 400n],
    stored_bytes: [500n, 550n, 0n],
    queued_jobs: [0n, 2n, 0n],
    running_jobs: [4n, 3n, 1n],
    gpu_seconds: [0n, 13n, 0n],
  });
  expect(seen).toMatchObject({ compute, reportTime: expect.anything() as object });
  await expect(team.as(UsageService).reportUsage({ usage: usage({}) })).rejects.toMatchObject({
    kind: 'forbidden',
  });
  await expect((await as('datasets')).reportUsage({})).rejects.toMatchObject({ reason: 'USAGE_MISSING' });
  await expect(
    (await platform.newTeam()).as(UsageService).getTeamUsage({ teamId: team.teamId }),
  ).rejects.toMatchObject({ kind: 'not-found' });
});

it('tokens carry the rate of the team', async () => {
  const team = await platform.newTeam();
  const verifier = new TokenVerifier({ jwks: platform.env.NOEMA_AUTH_JWKS });
  const rate = async () =>
    (
      await verifier.verify(
        (
          await platform.as(TokenService).exchangeApiKey({ apiKey: team.apiKey })
        ).accessToken,
      )
    ).requestsPerMinute;
  expect(await rate()).toBeUndefined();
  await team.as(TeamService).updateTeam({
    team: { id: team.teamId, quota: { maxRequestsPerMinute: 120 } },
    updateMask: { paths: ['quota'] },
  });
  expect(await rate()).toBe(120);
});

it("the quota is the operator's to change, unless he lets admins", async () => {
  const strict = await platform.startInstance({ NOEMA_ADMINS_SET_QUOTAS: 'false' });
  const team = await strict.newTeam();
  await expect(
    team
      .as(TeamService)
      .updateTeam({ team: { id: team.teamId, quota: {} }, updateMask: { paths: ['quota'] } }),
  ).rejects.toMatchObject({ kind: 'forbidden', reason: 'QUOTA_IS_THE_OPERATORS' });
  await team.as(TeamService).updateTeam({ team: { id: team.teamId, displayName: 'Renamed' } });
});
