import { seededRandom } from '@noema/kernel';
import { waitFor } from '@noema/testing';
import { expect, inject, it } from 'vitest';
import { findDangling } from '../src/cluster/references.js';
import { ingestBlobs } from '../src/cluster/ingest-blobs.js';
import { RunningCluster } from '../src/cluster/running-cluster.js';
import { mapsDrawn, trainBlobs } from '../src/cluster/train-blobs.js';

const cluster = RunningCluster.at(inject('clusterDirectory'));
const { rest } = cluster.team('a');

interface Job {
  readonly state: string;
  readonly fault?: { readonly reason: string };
}

const readJob = async (service: string, id: string): Promise<Job> =>
  (await rest.get(`/v1/${service}/jobs/${id}`)).body['job'] as Job;
const hasEnded = async (service: string, id: string): Promise<Job> =>
  waitFor(
    async () => {
      const job = await readJob(service, id);
      return ['JOB_STATE_SUCCEEDED', 'JOB_STATE_FAILED'].includes(job.state) ? job : undefined;
    },
    { timeoutMs: 180_000, intervalMs: 200, what: `the end of job ${id}` },
  );

it(
  'RELIABILITY 9: the store is killed while data are written; the job waits until it is back and ends ' +
    'well, and no row names an object that is not there',
  async () => {
    await cluster.whole();
    const data = await ingestBlobs(rest, 'store silent', { wait: false, shardSize: 32 });
    const { pid } = cluster.process('s3');
    await waitFor(async () => (await readJob('datasets', data.jobId)).state === 'JOB_STATE_RUNNING', {
      timeoutMs: 60_000,
    });
    process.kill(pid, 'SIGKILL');
    expect(await hasEnded('datasets', data.jobId)).toMatchObject({ state: 'JOB_STATE_SUCCEEDED' });
    expect((await findDangling(cluster, seededRandom(9), 1)).dangling).toEqual([]);
  },
);

it(
  'RELIABILITY 9: the store stands still for some seconds in the middle of everything, and everything is ' +
    'done in the end',
  async () => {
    await cluster.whole();
    const data = await ingestBlobs(rest, 'store slow');
    const run = await trainBlobs(rest, data);
    const { pid } = cluster.process('s3');
    process.kill(pid, 'SIGSTOP');
    const stood = performance.now();
    await waitFor(() => performance.now() - stood > 6_000, { timeoutMs: 10_000 }).finally(() =>
      process.kill(pid, 'SIGCONT'),
    );
    expect(await hasEnded('training', run.jobId)).toMatchObject({ state: 'JOB_STATE_SUCCEEDED' });
    expect(await mapsDrawn(rest, data.projectId, run.id, 2)).toHaveLength(2);
    const { dangling, references } = await findDangling(cluster, seededRandom(9), 0.2);
    expect(references).toBeGreaterThan(0);
    expect(dangling).toEqual([]);
  },
);
