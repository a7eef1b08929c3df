import { expect, it } from 'vitest';
import { UNLIMITED } from '../team/team.js';
import { type ReportedUsage, together, toTeamUsage } from './usage.js';

const report = (service: string, over: Partial<ReportedUsage>): ReportedUsage => ({
  service,
  reportTime: new Date(5),
  samples: 0n,
  storedBytes: 0n,
  queuedJobs: 0,
  runningJobs: 0,
  gpuSeconds: 0,
  compute: [],
  ...over,
});
const reports = [
  report('datasets', {
    samples: 100n,
    storedBytes: 1_000n,
    queuedJobs: 3,
    reportTime: new Date(9),
    compute: [{ day: '2026-01-02', device: 'cpu', seconds: 5 }],
  }),
  report('training', {
    storedBytes: 500n,
    queuedJobs: 7,
    runningJobs: 2,
    gpuSeconds: 30.2,
    compute: [
      { day: '2026-01-02', device: 'cpu', seconds: 2 },
      { day: '2026-01-01', device: 'cuda', seconds: 30.2 },
    ],
  }),
];
const team = {
  id: 't',
  displayName: 't',
  createTime: new Date(0),
  updateTime: new Date(0),
  quota: { ...UNLIMITED, maxStoredBytes: 2_000n, maxSamples: 50n, maxGpuSeconds: 60n },
};

it('adds the services up; of queues the longest counts', () => {
  expect(together(reports)).toEqual({
    samples: 100n,
    storedBytes: 1_500n,
    queuedJobs: 7,
    runningJobs: 2,
    gpuSeconds: 30.2,
    compute: [
      { day: '2026-01-01', device: 'cuda', seconds: 30.2 },
      { day: '2026-01-02', device: 'cpu', seconds: 7 },
    ],
  });
  expect(together([])).toMatchObject({ samples: 0n, queuedJobs: 0, compute: [] });
});
it('says what is left of each quota, never less than nothing, and how old the oldest number is', () => {
  const usage = toTeamUsage(team, 4, reports);
  expect(Object.fromEntries(usage.quotas.map((q) => [q.quota, [q.limit, q.used, q.left]]))).toEqual({
    projects: [0n, 4n, 0n],
    samples: [50n, 100n, 0n],
    stored_bytes: [2_000n, 1_500n, 500n],
    queued_jobs: [0n, 7n, 0n],
    running_jobs: [0n, 2n, 0n],
    gpu_seconds: [60n, 31n, 29n],
  });
  expect(usage.reportTime).toEqual(new Date(5));
  expect(toTeamUsage(team, 0, []).reportTime).toBeUndefined();
});
