import { waitFor } from '@noema/testing';
import { describe, expect, inject, it } from 'vitest';
import { jobEnded } from '../src/blobs-platform.js';
import { ingestBlobs } from '../src/cluster/ingest-blobs.js';
import { RunningCluster } from '../src/cluster/running-cluster.js';
import { mapsDrawn, trainBlobs } from '../src/cluster/train-blobs.js';

const cluster = RunningCluster.at(inject('clusterDirectory'));
const [a, b] = [cluster.team('a').rest, cluster.team('b').rest];

it(
  'RELIABILITY 29: no replica of a service answers; its calls end by their deadline with a clear error, ' +
    'the others do not notice, and what waits for it goes on afterwards',
  async () => {
    await cluster.whole();
    const data = await ingestBlobs(a, 'peer away');
    const away = cluster.state().services.filter((s) => s.name.startsWith('similarity'));
    for (const { pid } of away) process.kill(pid, 'SIGSTOP');
    let run;
    try {
      run = await trainBlobs(a, data);
      await jobEnded(a, 'training', run.jobId);
      const begun = performance.now();
      const answer = await fetch(`${a.url}/v1/projects/${data.projectId}/indexes`, {
        headers: { authorization: `Bearer ${cluster.team('a').apiKey}`, 'x-timeout-ms': '2000' },
      });
      expect([503, 504]).toContain(answer.status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(performance.now() - begun).toBeLessThan(10_000);
      expect((await a.get(`/v1/projects/${data.projectId}/activation-sets`)).status).toBe(200);
    } finally {
      for (const { pid } of away) process.kill(pid, 'SIGCONT');
    }
    expect(await mapsDrawn(a, data.projectId, run.id, 2)).toHaveLength(2);
    expect((await a.get(`/v1/projects/${data.projectId}/indexes`)).status).toBe(200);
  },
);

describe('RELIABILITY 27: a team floods the queue of the workers', () => {
  it("another team's job overtakes it: few shards of the flood begin before its first shard", async () => {
    await cluster.whole();
    const flood = await ingestBlobs(a, 'flood', { shardSize: 64 });
    const ids = await Promise.all(
      Array.from(
        { length: 8 },
        async (_, i) =>
          (
            await a.make<{ jobId: string }>(
              `/v1/projects/${flood.projectId}/dataset-versions`,
              'datasetVersion',
              { integrationId: flood.integrationId, displayName: `flood ${i}`, shardSize: 64 },
            )
          ).jobId,
      ),
    );
    const data = await ingestBlobs(b, 'overtakes', { wait: false });
    await jobEnded(b, 'datasets', data.jobId);
    const [{ before, open }] = (await cluster.query<{ before: number; open: number }>(`
      WITH mine AS (SELECT j.created_at AS wished, min(s.started_at) AS started, j.ended_at AS ended FROM
        datasets.job j JOIN datasets.shard s ON s.job_id = j.id WHERE j.id = '${data.jobId}' GROUP BY j.id)
      SELECT (SELECT count(*) FROM datasets.shard s, mine WHERE s.team_id = '${cluster.team('a').teamId}' AND
        s.attempt_started_at BETWEEN mine.wished AND mine.started)::int AS before,
        (SELECT count(*) FROM datasets.job j, mine WHERE j.team_id = '${cluster.team('a').teamId}' AND
          (j.ended_at IS NULL OR j.ended_at > mine.ended))::int AS open`)) as [
      { before: number; open: number },
    ];
    console.log(
      `${before} shards of the flood began before the other team's first one; ${open} of its jobs were ` +
        'open when the other team was done',
    );
    expect(before).toBeLessThanOrEqual(
      2 * cluster.state().workers.filter((w) => w.name.startsWith('datasets')).length,
    );
    expect(open).toBeGreaterThan(ids.length / 2);
    for (const id of ids)
      await waitFor(
        async () =>
          ((await a.get(`/v1/datasets/jobs/${id}`)).body['job'] as { state: string }).state ===
          'JOB_STATE_SUCCEEDED',
        { timeoutMs: 240_000, intervalMs: 500 },
      );
  });
});
