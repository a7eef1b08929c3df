import { type Port, type ServiceUsage, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, expect, it } from 'vitest';
import { memoryTeam, memoryTeams, TEAM } from '../../test/memory-workspace.js';
import { UNLIMITED } from '../team/team.js';
import type { ReportedUsage } from './usage.js';
import type { UsageRepository } from './usage.repository.js';
import { UsageService } from './usage.service.js';

const quota = { ...UNLIMITED, maxSamples: 50n };
const usage: ServiceUsage = {
  samples: 0n,
  storedBytes: 0n,
  queuedJobs: 0,
  runningJobs: 0,
  gpuSeconds: 0,
  compute: [],
};

function memoryReports(): Port<UsageRepository> {
  const reports = new Map<string, ReportedUsage>();
  return {
    save: (report) => Promise.resolve(void reports.set(report.service, report)),
    list: () => Promise.resolve([...reports.values()]),
  };
}

let service: UsageService;
beforeEach(() => {
  service = new UsageService(
    memoryWork,
    memoryTeams(memoryTeam({ quota })),
    { count: () => Promise.resolve(3) },
    memoryReports(),
  );
});
const report = (subject: string, samples: bigint) =>
  service.report({ teamId: TEAM, subject }, { ...usage, samples });

it('reports to a service the quota, and what the team uses in the others', async () => {
  expect(await report('datasets', 20n)).toMatchObject({ quota, elsewhere: { samples: 0n } });
  expect((await report('training', 5n)).elsewhere.samples).toBe(20n);
  expect((await report('datasets', 30n)).elsewhere.samples).toBe(5n);
});

it('adds up what every service reported last', async () => {
  for (const samples of [20n, 30n]) await report('datasets', samples);
  await report('training', 5n);
  const { quotas, reportTime } = await service.get({ teamId: TEAM, subject: 'ann' }, TEAM);
  expect(quotas).toContainEqual({ quota: 'samples', limit: 50n, used: 35n, left: 15n });
  expect(quotas).toContainEqual({ quota: 'projects', limit: 0n, used: 3n, left: 0n });
  expect(reportTime).toBeInstanceOf(Date);
});

it('exists for the own team alone', async () => {
  const other = { teamId: uuidv7(), subject: 'ben' };
  const notFound = { reason: 'TEAM_NOT_FOUND' };
  for (const id of [TEAM, other.teamId])
    await expect((async () => service.get(other, id))()).rejects.toMatchObject(notFound);
  await expect(service.report(other, usage)).rejects.toMatchObject(notFound);
});
