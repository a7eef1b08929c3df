import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startPostgres } from '@noema/testing';
import { sql } from 'kysely';
import { type JobKind, JobStore, queueDepth } from '../src/index.js';
import { JobLedger } from '../src/job-ledger.js';
import { claimShard } from '../src/shard-lease.js';
import { ShardLedger } from '../src/shard-ledger.js';
import { connectWorks, worksUrl } from './works.js';

/**
 * Measures the throughput of the queue: shards claimed and finished per second by the given numbers of
 * processes while the given number of shards is queued. `node libs/jobs/dist/test/queue-rate.js --shards
 * 200000 --teams 1 --jobs 1 --processes 1,2,4 --seconds 5 [--idle-teams 10000]`
 */
const { values } = parseArgs({
  options: {
    shards: { type: 'string', default: '200000' },
    teams: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    processes: { type: 'string', default: '1,2,4' },
    seconds: { type: 'string', default: '5' },
    'idle-teams': { type: 'string', default: '0' },
    worker: { type: 'string' },
  },
});
const KIND: JobKind = {
  kind: 'works.do',
  stages: [{ name: 'do', run: () => Promise.resolve({ result: null }) }],
};

interface Tally {
  readonly claimMs: number[];
  readonly finishMs: number[];
}

async function work(url: string): Promise<void> {
  const db = connectWorks(url);
  const ledger = new ShardLedger(new JobLedger(db));
  await db.ping();
  process.send?.('ready');
  await once(process, 'message');
  const tally: Tally = { claimMs: [], finishMs: [] };
  const endMs = performance.now() + Number(values.seconds) * 1_000;
  while (performance.now() < endMs) {
    const beganMs = performance.now();
    const lease = await claimShard(db, {
      stages: { 'works.do': ['do'] },
      workerId: String(process.pid),
      leaseMs: 60_000,
    });
    const claimedMs = performance.now();
    if (lease === undefined) break;
    await ledger.finish(lease, KIND, { result: { count: 1 } });
    tally.claimMs.push(claimedMs - beganMs);
    tally.finishMs.push(performance.now() - claimedMs);
  }
  process.send?.(tally);
  await db.close();
}

const quantile = (sorted: readonly number[], q: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0).toFixed(1);
const timed = async (run: () => Promise<unknown>): Promise<string> => {
  const beganMs = performance.now();
  await run();
  return `${(performance.now() - beganMs).toFixed(0)} ms`;
};

async function main(): Promise<void> {
  const postgres = await startPostgres();
  try {
    const url = await worksUrl(await postgres.createDatabase());
    const db = connectWorks(url);
    const store = new JobStore(db);
    const [shards, teams, jobs] = [Number(values.shards), Number(values.teams), Number(values.jobs)];
    const ids: { readonly team: string; readonly id: string }[] = [];
    console.log(
      'fill',
      await timed(async () => {
        for (let t = 0; t < teams; t++) {
          const team = randomUUID();
          for (let j = 0; j < jobs; j++)
            ids.push({
              team,
              id: await store.create({
                kind: 'works.do',
                teamId: team,
                subjectId: 's',
                payload: {},
                shards: Math.ceil(shards / teams / jobs),
              }),
            });
        }
        await db.runSystem(() =>
          sql`insert into team_turn (team_id) select gen_random_uuid() from generate_series(1,
            ${Number(values['idle-teams'])}::int)`.execute(db.tx()),
        );
      }),
    );
    const one = ids[0]!;
    console.log(
      'get job',
      await timed(() => store.get(one.team, one.id)),
      '| create',
      await timed(() => store.create({ kind: 'works.later', teamId: one.team, subjectId: 's', payload: {} })),
      '| queue depth',
      await timed(() => queueDepth(db)),
    );
    for (const count of values.processes.split(',').map(Number)) {
      const children = await Promise.all(
        Array.from({ length: count }, async (): Promise<ChildProcess> => {
          const child = fork(new URL(import.meta.url), [...process.argv.slice(2), '--worker', url], {
            stdio: 'inherit',
          });
          await once(child, 'message');
          return child;
        }),
      );
      const tallies = children.map(async (child) => ((await once(child, 'message')) as [Tally])[0]);
      for (const child of children) child.send('go');
      const all = await Promise.all(tallies);
      const claim = all.flatMap((tally) => tally.claimMs).sort((a, b) => a - b);
      const finish = all.flatMap((tally) => tally.finishMs).sort((a, b) => a - b);
      console.log(
        `${count} processes: ${(claim.length / Number(values.seconds)).toFixed(0)} shards/s | claim p50 ` +
          `${quantile(claim, 0.5)} p99 ${quantile(claim, 0.99)} ms | finish p50 ${quantile(finish, 0.5)} ` +
          `p99 ${quantile(finish, 0.99)} ms`,
      );
    }
    console.log(
      'get job',
      await timed(() => store.get(one.team, one.id)),
      '| queue depth',
      await timed(() => queueDepth(db)),
    );
    await db.close();
  } finally {
    await postgres.stop();
  }
}

await (values.worker === undefined ? main() : work(values.worker));
