import { waitFor } from '@noema/testing';
import { expect, inject, it } from 'vitest';
import { jobEnded } from '../src/blobs-platform.js';
import { dead, unheard } from '../src/cluster/events-heard.js';
import { ingestBlobs } from '../src/cluster/ingest-blobs.js';
import { RunningCluster } from '../src/cluster/running-cluster.js';
import { mapsDrawn, trainBlobs } from '../src/cluster/train-blobs.js';
import { hurt } from '../src/cluster/victims.js';

const cluster = RunningCluster.at(inject('clusterDirectory'));
const { rest } = cluster.team('a');
const never = new AbortController().signal;

const waiting = async (): Promise<number> =>
  (
    await cluster.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM training.outbox WHERE published_at IS NULL',
    )
  )[0]!.n;

it(
  'RELIABILITY 4: while the bus is silent the cluster accepts and trains; what was announced goes out ' +
    'afterwards',
  async () => {
    await cluster.whole();
    const data = await ingestBlobs(rest, 'bus down');
    const { pid } = cluster.process('nats');
    process.kill(pid, 'SIGSTOP');
    const run = await trainBlobs(rest, data).finally(() => undefined);
    try {
      await jobEnded(rest, 'training', run.jobId);
      expect(await waiting()).toBeGreaterThan(0);
      expect(
        ((await rest.get(`/v1/projects/${data.projectId}/explorations?run_id=${run.id}`)).body[
          'explorations'
        ] as unknown[] | undefined) ?? [],
      ).toEqual([]);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect(await mapsDrawn(rest, data.projectId, run.id, 2)).toHaveLength(2);
    await waitFor(async () => (await waiting()) === 0);
  },
);

it(
  'RELIABILITY 5: the bus dies with all that it held; every map is drawn, once, from what the databases ' +
    'know',
  async () => {
    await cluster.whole();
    const data = await ingestBlobs(rest, 'bus wiped');
    const run = await trainBlobs(rest, data, { epochs: 3 });
    const begun = () =>
      cluster.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM training.epoch WHERE run_id = '${run.id}'`,
      );
    for (const epochs of [1, 3]) {
      await waitFor(async () => (await begun())[0]!.n >= epochs, { timeoutMs: 120_000 });
      const { pid } = cluster.process('nats');
      expect(await hurt(cluster, { victim: 'nats', kind: 'wipe', stoppedMs: 0 }, never)).toBe(true);
      await waitFor(
        () => cluster.process('nats').pid !== pid && cluster.process('nats').state === 'running',
        {
          timeoutMs: 60_000,
        },
      );
    }
    expect((await mapsDrawn(rest, data.projectId, run.id, 3)).map((m) => m.epoch).sort()).toEqual([1, 2, 3]);
    await waitFor(async () => (await unheard(cluster)).length === 0, {
      timeoutMs: 120_000,
      what: 'every announcement heard',
    });
    expect(await dead(cluster)).toEqual([]);
    const jobs = await cluster.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM activations.job GROUP BY kind, subject_id HAVING count(*) > 1',
    );
    expect(jobs).toEqual([]);
  },
);
