import type { ComputeTime, ServiceUsage } from '@noema/kernel';
import type { Team } from '../team/team.js';

/** Latest report of one service. */
export interface ReportedUsage extends ServiceUsage {
  readonly service: string;
  readonly reportTime: Date;
}

/** How much of one quota is used; a limit of 0 means no limit, and then `left` has no meaning. */
export interface QuotaUsage {
  readonly quota: string;
  readonly limit: bigint;
  readonly used: bigint;
  readonly left: bigint;
}

export interface TeamUsage {
  readonly quotas: readonly QuotaUsage[];
  readonly compute: readonly ComputeTime[];
  /** Time of the oldest report among the services. */
  readonly reportTime: Date | undefined;
}

/**
 * Adds up the usage of several services; queued jobs are the count of the service that has most, because each
 * has a queue of its own.
 */
export function together(usages: readonly ServiceUsage[]): ServiceUsage {
  const compute = new Map<string, ComputeTime>();
  for (const time of usages.flatMap((u) => u.compute)) {
    const key = `${time.day} ${time.device}`;
    compute.set(key, { ...time, seconds: time.seconds + (compute.get(key)?.seconds ?? 0) });
  }
  return {
    samples: usages.reduce((sum, u) => sum + u.samples, 0n),
    storedBytes: usages.reduce((sum, u) => sum + u.storedBytes, 0n),
    queuedJobs: Math.max(0, ...usages.map((u) => u.queuedJobs)),
    runningJobs: usages.reduce((sum, u) => sum + u.runningJobs, 0),
    gpuSeconds: usages.reduce((sum, u) => sum + u.gpuSeconds, 0),
    compute: [...compute.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, time]) => time),
  };
}

/** Usage of each quota by the team. */
export function toTeamUsage({ quota }: Team, projects: number, reports: readonly ReportedUsage[]): TeamUsage {
  const all = together(reports);
  const entry = (name: string, limit: bigint | number, used: bigint | number): QuotaUsage => {
    const [most, has] = [BigInt(limit), BigInt(used)];
    return { quota: name, limit: most, used: has, left: most > has ? most - has : 0n };
  };
  return {
    quotas: [
      entry('projects', quota.maxProjects, projects),
      entry('samples', quota.maxSamples, all.samples),
      entry('stored_bytes', quota.maxStoredBytes, all.storedBytes),
      entry('queued_jobs', quota.maxQueuedJobs, all.queuedJobs),
      entry('running_jobs', quota.maxRunningJobs, all.runningJobs),
      entry('gpu_seconds', quota.maxGpuSeconds, Math.ceil(all.gpuSeconds)),
    ],
    compute: all.compute,
    reportTime: reports.reduce<Date | undefined>(
      (oldest, { reportTime }) => (oldest === undefined || reportTime < oldest ? reportTime : oldest),
      undefined,
    ),
  };
}
