import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { createRestClient } from '@noema/rest';
import { waitFor } from '@noema/testing';
import { describe, expect, inject, it } from 'vitest';
import { load } from '../src/cluster/gateway-load.js';
import { ingestBlobs } from '../src/cluster/ingest-blobs.js';
import { RunningCluster } from '../src/cluster/running-cluster.js';
import { trainBlobs } from '../src/cluster/train-blobs.js';

const cluster = RunningCluster.at(inject('clusterDirectory'));
const a = cluster.team('a');

const answersCalls = async (metrics: string): Promise<boolean> =>
  /^noema_grpc_server_calls_total\{.*\} [1-9]/m.test(await (await fetch(`http://${metrics}/metrics`)).text());

describe('RELIABILITY 17: a new version is rolled out under load', () => {
  it(
    'every replica of every service ends on SIGTERM, one after the other, and no request through the ' +
      'gateway fails',
    async () => {
      await cluster.whole();
      const stop = new AbortController();
      const loading = load(a, 6, stop.signal);
      const replicas = cluster.state().services.filter((s) => s.name !== 'gateway');
      const services = new Set(replicas.map(({ name }) => name.replace(/-\d+$/, '')));
      expect([replicas.length, services.has('training')]).toEqual([2 * services.size, true]);
      for (const { name, pid } of replicas) {
        process.kill(pid, 'SIGTERM');
        await waitFor(() => cluster.process(name).pid !== pid && cluster.process(name).state === 'running', {
          timeoutMs: 60_000,
          what: `a new ${name}`,
        });
        // The next one goes when callers use this one again: what `preStop` and `minReadySeconds` are for in
        // Kubernetes.
        await waitFor(() => answersCalls(cluster.process(name).metricsAddress!), {
          timeoutMs: 60_000,
          what: `${name} to be called`,
        });
      }
      stop.abort();
      const { calls, failed } = await loading;
      console.log(`${calls} calls while ${replicas.length} replicas were replaced, ${failed.length} failed`);
      expect(failed.slice(0, 5)).toEqual([]);
      expect(calls).toBeGreaterThan(200);
    },
  );
});

describe.each(['SIGTERM', 'SIGKILL'] as const)(
  'RELIABILITY 31: the gateway ends by %s under a progress stream',
  (signal) => {
    it('the client goes on with the next one, to the end of the job, and sees it end once', async () => {
      await cluster.whole();
      const data = await ingestBlobs(a.rest, `stream ${signal}`);
      const run = await trainBlobs(a.rest, data, { epochs: 6, batchSize: 8 });
      const jobs = createRestClient(JobService, {
        baseUrl: a.rest.url,
        token: a.apiKey,
        backoffMs: 200,
        streamAttempts: 300,
      });
      const seen: JobState[] = [];
      const before = cluster.process('gateway').pid;
      for await (const { job } of jobs.watchJob({ service: 'training', jobId: run.jobId })) {
        seen.push(job!.state);
        if (cluster.process('gateway').pid === before && seen.length === 1) process.kill(before, signal);
      }
      expect(cluster.process('gateway').pid).not.toBe(before);
      expect(seen.at(-1)).toBe(JobState.SUCCEEDED);
      expect(seen.filter((state) => state === JobState.SUCCEEDED)).toHaveLength(1);
    });
  },
);
