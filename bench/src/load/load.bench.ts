import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RunningCluster } from '@noema/e2e/cluster/running-cluster';
import type { Bench } from '../bench.js';
import { CallRecord } from './call-record.js';
import { whileFlooded } from './flooding.js';
import { type CallKind, LoadedTeam } from './loaded-team.js';
import { eventLoopLags, ProcessWatch } from './process-watch.js';
import { RawPeer } from './raw-peer.js';

const SECONDS = Number(process.env['NOEMA_LOAD_SECONDS'] ?? 120);
const LOOPS = Number(process.env['NOEMA_LOAD_LOOPS'] ?? 2);
const TEAMS = Number(process.env['NOEMA_LOAD_TEAMS'] ?? 8);
/** Calls a second of the team that must not feel the flood of another. */
const STEADY_RATE = Number(process.env['NOEMA_LOAD_STEADY_RATE'] ?? 15);
const SHORT = Math.max(5, SECONDS / 6);
/** A flood is worst while it begins: long enough for that to be a small part. */
const FLOOD_SECONDS = Math.max(5, SECONDS / 2);

type Print = (line: string) => void;

/** Several teams at once, the bare servers for comparison, and a team that floods. */
export const loadBench: Bench = {
  key: 'load',
  about:
    `${TEAMS} teams at once on the cluster set-up, by gRPC and REST, for ${SECONDS} s; then one floods ` +
    'while another calls steadily',
  async run(print) {
    const directory = mkdtempSync(join(tmpdir(), 'noema-load-'));
    const cluster = await RunningCluster.up(directory, '--teams', String(TEAMS), '--workers', '1');
    const teams: LoadedTeam[] = [];
    try {
      // One after the other: what is measured is calls, not training.
      for (let n = 0; n < TEAMS; n++)
        teams.push(await LoadedTeam.prepare(cluster, String.fromCharCode(97 + n)));
      await Promise.all(teams.map((team) => team.signIn()));
      // The last team has no rate limit. All other teams, including the flooding one, keep the limit of a new
      // team.
      await teams.at(-1)!.allow(0);
      await besideBareServers(teams.at(-1)!, print);
      await mixed(cluster, teams, print);
      await flooded(cluster, teams, print);
    } finally {
      for (const team of teams) team.close();
      await cluster.down();
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    }
  },
};

/** Runs closed loops of some kinds of calls at a given concurrency. */
async function closedLoops(
  kinds: readonly CallKind[],
  { loops, seconds, record = new CallRecord() }: { loops: number; seconds: number; record?: CallRecord },
): Promise<CallRecord> {
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: loops }, async (_, first) => {
      for (let n = first * 7; performance.now() < until; n++)
        await record.note(kinds[n % kinds.length]!.key, () => kinds[n % kinds.length]!.call());
    }),
  );
  return record.end();
}

async function besideBareServers(team: LoadedTeam, print: Print): Promise<void> {
  const raw = await RawPeer.start();
  try {
    const get = (key: string): CallKind => team.mix.findLast((kind) => kind.key === key)!;
    for (const [name, bare, ours] of [
      ['grpc-js', raw.grpc, get('grpc get')],
      ['node:http', raw.http, get('rest get')],
    ] as const) {
      const measure = (kind: CallKind): Promise<CallRecord> =>
        closedLoops([kind], { loops: 8, seconds: SHORT / 2 });
      await closedLoops([ours], { loops: 8, seconds: 1 }); // warm
      const [echo, call] = [await measure({ key: 'echo', call: bare }), await measure(ours)];
      print(
        `${ours.key}: ${call.perSecond.toFixed(0)} a second, p95 ${call.quantile(0.95).toFixed(1)} ms; ` +
          `echo of bare ${name}: ${echo.perSecond.toFixed(0)} a second, p95 ` +
          `${echo.quantile(0.95).toFixed(1)} ms: ${(call.perSecond / echo.perSecond).toFixed(3)}x (8 ` +
          `loops; ours asks PostgreSQL${ours.key.startsWith('rest') ? ' behind two processes' : ''}); ` +
          `errors ${call.faults}`,
      );
    }
  } finally {
    await raw.stop();
  }
}

async function mixed(cluster: RunningCluster, teams: readonly LoadedTeam[], print: Print): Promise<void> {
  await Promise.all(teams.map((team) => closedLoops(team.mix, { loops: LOOPS, seconds: SHORT / 2 }))); // warm
  const watch = new ProcessWatch(() => cluster.state());
  const record = new CallRecord();
  await Promise.all(teams.map((team) => closedLoops(team.mix, { loops: LOOPS, seconds: SECONDS, record })));
  const lags = await eventLoopLags(cluster.state());
  const growths = watch.stop();
  print(
    `${TEAMS} teams, ${LOOPS} loops each, ${record.seconds.toFixed(0)} s: ${record.calls} calls, ` +
      `${record.perSecond.toFixed(0)} a second, p50 ${record.quantile(0.5).toFixed(1)} p95 ` +
      `${record.quantile(0.95).toFixed(1)} p99 ${record.quantile(0.99).toFixed(1)} ms; errors ` +
      `${record.faults}`,
  );
  for (const line of record.lines()) print(`  ${line}`);
  print('memory, MiB at the start, in the middle, at the end, and growth a minute in the second half:');
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1).padStart(8);
  for (const { name, bytes, perMinute } of growths)
    print(`  ${name.padEnd(24)}${bytes.map(mib).join('')}${mib(perMinute)}`);
  print(
    `event loops, p99 lag in ms: ${lags
      .slice(0, 8)
      .map(([name, ms]) => `${name} ${ms.toFixed(0)}`)
      .join(', ')}`,
  );
  const restarted = cluster.processes().filter(({ restarts }) => restarts > 0);
  print(`processes that died: ${restarted.length}${restarted.map(({ name }) => ` ${name}`).join('')}`);
}

async function flooded(
  cluster: RunningCluster,
  [flooder, steady]: readonly LoadedTeam[],
  print: Print,
): Promise<void> {
  const { url, services } = cluster.state();
  const address = (name: string): string => services.find((s) => s.name === name)!.address;
  const { token } = await flooder!.signIn();
  await steady!.signIn();
  const alone = await steadily(steady!, FLOOD_SECONDS);
  const { result: beside, flood } = await whileFlooded(
    { url, workspace: address('workspace'), training: address('training'), token },
    () => steadily(steady!, FLOOD_SECONDS),
  );
  print(
    'one team floods (4 gRPC connections with 1,000 calls each, 200 requests by REST): ' +
      `${flood.answered} answered, ${flood.refused} refused by 429, failed: ` +
      `${JSON.stringify(flood.failed)}`,
  );
  for (const [name, record] of [
    ['alone', alone],
    ['during the flood', beside],
  ] as const) {
    print(
      `another asks ${STEADY_RATE} times a second, ${name}: ${record.calls} calls, p50 ` +
        `${record.quantile(0.5).toFixed(1)} p95 ${record.quantile(0.95).toFixed(1)} p99 ` +
        `${record.quantile(0.99).toFixed(1)} ms; errors ${record.faults}`,
    );
  }
  for (const line of beside.lines()) print(`  ${line}`);
  print(
    'its p95 during the flood against alone: ' +
      `${(beside.quantile(0.95) / alone.quantile(0.95)).toFixed(2)}x (at most 2x wanted)`,
  );
}

/** Calls at an even rate, whether those before are answered or not. */
async function steadily(team: LoadedTeam, seconds: number): Promise<CallRecord> {
  const { mix } = team;
  const record = new CallRecord();
  const calls: Promise<void>[] = [];
  for (let n = 0; n < seconds * STEADY_RATE; n++) {
    const kind = mix[n % mix.length]!;
    calls.push(record.note(kind.key, () => kind.call()));
    await delay(1000 / STEADY_RATE);
  }
  await Promise.all(calls);
  return record.end();
}
