import { setTimeout as delay } from 'node:timers/promises';
import { JOB_SERVICES } from '@noema/contracts';
import { seededRandom } from '@noema/kernel';
import { waitFor } from '@noema/testing';
import { announced, dead, unheard } from './events-heard.js';
import { findBroken } from './invariants.js';
import { seenOfOthers } from './isolation.js';
import { PersistentCaller } from './persistent-caller.js';
import { findDangling } from './references.js';
import type { RunningCluster, TeamMember } from './running-cluster.js';
import { SmallWalk, type WalkOutcome } from './small-walk.js';
import { chooseFault, type FaultKind, hurt } from './victims.js';

export interface KillLoopOptions {
  readonly cluster: RunningCluster;
  readonly teams: readonly TeamMember[];
  readonly seed: number;
  /** How long faults go on, all rounds together; a started round is waited for. */
  readonly seconds: number;
  readonly tell: (line: string) => void;
}

/** Actions of the loop, and broken invariants, which must be empty. */
export interface KillReport {
  rounds: number;
  readonly kills: Partial<Record<FaultKind, number>>;
  jobs: number;
  shards: number;
  events: number;
  references: number;
  readonly failures: string[];
  readonly lost: string[];
  readonly double: string[];
  readonly dangling: string[];
  readonly left: string[];
  readonly seen: string[];
  readonly surprises: string[];
}

const PATIENCE_MS = 300_000;
const ROUND_MS = 45_000;

/** Rounds of work under faults; after each, when all is quiet, everything that was promised is looked for. */
export async function killLoop({
  cluster,
  teams,
  seed,
  seconds,
  tell,
}: KillLoopOptions): Promise<KillReport> {
  const random = seededRandom(seed);
  const report: KillReport = {
    rounds: 0,
    kills: {},
    jobs: 0,
    shards: 0,
    events: 0,
    references: 0,
    failures: [],
    lost: [],
    double: [],
    dangling: [],
    left: [],
    seen: [],
    surprises: [],
  };
  const walks: WalkOutcome[] = [];
  const projects = new Map<string, string>();
  for (const team of teams) {
    projects.set(
      team.name,
      (
        await new PersistentCaller(team.rest, PATIENCE_MS).make<{ id: string }>(
          '/v1/projects',
          'project',
          `kill-${seed}`,
          { displayName: `kill ${seed}` },
        )
      ).id,
    );
  }
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const stopFaults = new AbortController();
    const faults = hurtOn(cluster, random, report.kills, stopFaults.signal);
    const until = Math.min(end, performance.now() + ROUND_MS);
    const walking = Promise.all(
      teams.map(async (team) => {
        do {
          const caller = new PersistentCaller(team.rest, PATIENCE_MS);
          walks.push(await new SmallWalk(caller, projects.get(team.name)!, PATIENCE_MS).go());
          report.surprises.push(...caller.surprises);
        } while (performance.now() < until);
      }),
    );
    walking.catch(() => undefined);
    await delay(until - performance.now());
    stopFaults.abort();
    await faults;
    await walking;
    await cluster.whole();
    await quiet(cluster);
    report.rounds++;
    await check(report, { cluster, teams, walks, projects, random });
    const kills = Object.entries(report.kills)
      .map(([kind, n]) => `${kind} ${n}`)
      .join(', ');
    tell(
      `round ${report.rounds}: ${kills}; ${walks.length} walks, ${report.jobs} jobs, ` +
        `${report.shards} shards; lost ${report.lost.length}, double ${report.double.length}, ` +
        `dangling ${report.dangling.length}`,
    );
    if (broken(report).length > 0) break;
  }
  report.failures.push(...walks.flatMap((w) => w.failures));
  return report;
}

/** Everything that may not be. */
export const broken = ({ lost, double, dangling, left, seen, surprises }: KillReport): string[] => [
  ...lost,
  ...double,
  ...dangling,
  ...left,
  ...seen,
  ...surprises,
];

/**
 * Hurts one part after the other, two at once at times, until it is stopped; everything runs again by then.
 */
async function hurtOn(
  cluster: RunningCluster,
  random: () => number,
  kills: KillReport['kills'],
  stop: AbortSignal,
): Promise<void> {
  const open = new Set<Promise<unknown>>();
  while (!stop.aborted) {
    const fault = chooseFault(cluster, random);
    const pauseMs = 200 + random() * 2_500;
    const doing = hurt(cluster, fault, stop)
      .then((done) => {
        if (done) kills[fault.kind] = (kills[fault.kind] ?? 0) + 1;
      })
      .finally(() => open.delete(doing));
    open.add(doing);
    await delay(pauseMs, undefined, { signal: stop }).catch(() => undefined);
  }
  await Promise.all(open);
}

/** Waits until nothing is queued, running or to be announced, and every consumer has heard what was. */
async function quiet(cluster: RunningCluster): Promise<void> {
  await waitFor(
    async () => {
      for (const service of JOB_SERVICES) {
        const [row] = await cluster.query<{ n: number }>(
          `SELECT ((SELECT count(*) FROM ${service}.job WHERE state IN ('open', 'cancelling')) + (SELECT
            count(*) FROM ${service}.outbox WHERE published_at IS NULL))::int AS n`,
        );
        if (row!.n > 0) return false;
      }
      return (await unheard(cluster)).length === 0;
    },
    {
      timeoutMs: PATIENCE_MS,
      intervalMs: 250,
      what: 'quiet: no open job, nothing to announce, everything heard',
    },
  ).catch(() => undefined); // the checks say what is left
}

interface Checked {
  readonly cluster: RunningCluster;
  readonly teams: readonly TeamMember[];
  readonly walks: readonly WalkOutcome[];
  readonly projects: ReadonlyMap<string, string>;
  readonly random: () => number;
}

async function check(
  report: KillReport,
  { cluster, teams, walks, projects, random }: Checked,
): Promise<void> {
  const [{ lost, double, left }, { dangling, references }] = [
    await findBroken(cluster, walks),
    await findDangling(cluster, random),
  ];
  report.lost.push(...lost, ...(await unheard(cluster)));
  report.double.push(...double);
  report.left.push(...left, ...(await dead(cluster)));
  report.dangling.push(...dangling);
  report.seen.push(...(await seenOfOthers(teams, projects)));
  report.events = await announced(cluster);
  report.references = references;
  const counts = await Promise.all(
    JOB_SERVICES.map(
      async (service) =>
        (
          await cluster.query<{ jobs: number; shards: number }>(
            `SELECT (SELECT count(*) FROM ${service}.job)::int AS jobs, (SELECT count(*) FROM
              ${service}.shard)::int AS shards`,
          )
        )[0]!,
    ),
  );
  report.jobs = counts.reduce((sum, c) => sum + c.jobs, 0);
  report.shards = counts.reduce((sum, c) => sum + c.shards, 0);
}
