import { waitFor } from '@noema/testing';
import { CHARTS } from '../../src/charts.js';
import type { WalkPlatform } from './digit-walk.js';

/** A job as REST lists it. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly subjectId?: string;
  readonly state: string;
  readonly attempt?: number;
  readonly createTime: string;
  readonly startTime: string;
}
const WITHOUT_JOBS = new Set<string>(['workspace', 'gateway', 'web']);
/** Services that have jobs, and so workers. */
export const JOB_SERVICES = CHARTS.filter((name) => !WITHOUT_JOBS.has(name));
/** A job that waits by being queued anew, as often as it has to. */
const POLLS = new Set(['projection.look']);
const OPEN = ['QUEUED', 'RUNNING', 'CANCELLING'].map((state) => `JOB_STATE_${state}`);

/** Lists the jobs of the team in a service. */
export async function listJobs({ get }: WalkPlatform, service: string): Promise<readonly Job[]> {
  const { jobs = [] }: { readonly jobs?: readonly Job[] } = await get(`/v1/${service}/jobs?page_size=1000`);
  return jobs;
}

/** Waits until no job of the team is open. Throws when one has failed, or when two did the same work. */
export async function checkJobs(platform: WalkPlatform, patienceMs: number): Promise<string> {
  const jobs: Job[] = [];
  for (const service of JOB_SERVICES)
    jobs.push(
      ...(await waitFor(
        async () => {
          const listed = await listJobs(platform, service);
          const open = listed.filter(({ state }) => OPEN.includes(state));
          if (open.length > 0) throw new Error(`open: ${JSON.stringify(open)}`);
          return listed;
        },
        { timeoutMs: patienceMs, intervalMs: 1_000, what: `the end of all jobs of ${service}` },
      )),
    );
  const bad = jobs.filter(({ state }) => state !== 'JOB_STATE_SUCCEEDED');
  if (bad.length > 0) throw new Error(`${bad.length} jobs did not succeed: ${JSON.stringify(bad)}`);
  const works = jobs
    .filter(({ kind }) => !POLLS.has(kind))
    .map(({ kind, subjectId = '' }) => `${kind} of ${subjectId}`);
  const double = works.filter((work, at) => works.indexOf(work) !== at);
  if (double.length > 0) throw new Error(`done twice: ${double.join(', ')}`);
  const attempts = Math.max(...jobs.map(({ attempt = 0 }) => attempt));
  return `${jobs.length} jobs, all succeeded, at most ${attempts} attempts of a shard`;
}
