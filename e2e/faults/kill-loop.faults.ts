import { describe, expect, inject, it } from 'vitest';
import { broken, killLoop } from '../src/cluster/kill-loop.js';
import { RunningCluster } from '../src/cluster/running-cluster.js';

const seconds = Number(process.env['NOEMA_KILL_SECONDS'] ?? 75);
const seed = Number(process.env['NOEMA_KILL_SEED'] ?? Date.now() % 1_000_000);
const TEAMS = ['a', 'b', 'c'];

describe('RELIABILITY 32: parts of the cluster die at random while teams work', () => {
  it(
    `nothing is lost, doubled or left dangling in ${seconds} s of seed ${seed}`,
    async () => {
      const cluster = RunningCluster.at(inject('clusterDirectory'));
      const teams = TEAMS.map((name) => cluster.team(name));
      const report = await killLoop({
        cluster,
        teams,
        seed,
        seconds,
        tell: (line) => {
          console.log(line);
        },
      });
      const { kills, rounds, jobs, shards, events, references, failures } = report;
      console.log(
        [
          `seed ${seed} (NOEMA_KILL_SEED), ${seconds} s (NOEMA_KILL_SECONDS), ${rounds} rounds, ` +
            `${TEAMS.length} teams`,
          `kills ${Object.values(kills).reduce((sum, n) => sum + n, 0)}: ${Object.entries(kills)
            .map(([kind, n]) => `${kind} ${n}`)
            .join(', ')}`,
          `jobs ${jobs}, shards ${shards}, events ${events}, references ${references}, failed by a ` +
            `named reason ${failures.length}`,
          ...failures.map((failure) => `  ${failure}`),
          `lost ${report.lost.length}, double ${report.double.length}, dangling ` +
            `${report.dangling.length}, left behind ${report.left.length}, seen of other teams ` +
            `${report.seen.length}`,
        ].join('\n'),
      );
      expect(broken(report)).toEqual([]);
      expect(rounds).toBeGreaterThan(0);
      expect(Math.min(jobs, shards, events, references)).toBeGreaterThan(0);
    },
    (seconds + 900) * 1000,
  );
});
