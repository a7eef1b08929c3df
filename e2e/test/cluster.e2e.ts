import { existsSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactService } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { hasNats, hasProgram, hasS3, reachedByTrespass, temporaryDirectory } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GrpcTeam } from '../src/cluster/grpc-team.js';
import { type GrpcWalk, walkByGrpc } from '../src/cluster/grpc-walk.js';
import { RunningCluster } from '../src/cluster/running-cluster.js';
import { COMPLETED, servedBy } from '../src/foreign-requests.js';

describe.skipIf(!(hasNats() && hasS3()))('the cluster set-up', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let cluster: RunningCluster;
  let [a, b]: GrpcTeam[] = [];
  let walked: GrpcWalk;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    cluster = await RunningCluster.up(directory.path);
    [a, b] = await Promise.all(['a', 'b'].map((team) => GrpcTeam.signIn(cluster.state(), cluster.team(team).apiKey)));
    walked = await walkByGrpc(a!);
  }, 600_000);
  afterAll(async () => {
    a?.close();
    b?.close();
    await cluster?.down();
    await directory.remove();
  }, 120_000);

  it('runs on NATS and S3, every service and two workers of each kind in processes of their own', () => {
    const { setUp, busUrl, storeUrl, services, workers, servers, postgres } = cluster.state();
    expect([setUp, busUrl.slice(0, 7), storeUrl.slice(0, 5)]).toEqual(['cluster', 'nats://', 's3://']);
    expect(servers.map((s) => s.name)).toEqual(['nats', 's3']);
    expect(services).toHaveLength(8);
    expect(workers).toHaveLength(12);
    expect(new Set([postgres.pid, ...servers, ...services, ...workers].map((p) => (typeof p === 'number' ? p : p.pid))).size).toBe(23);
  });

  it('keeps the keys of both teams for their owner alone', async () => {
    for (const file of ['credentials.json', 'credentials-b.json', 'secrets.json']) expect((await stat(join(directory.path, file))).mode & 0o777).toBe(0o600);
    expect(cluster.team('a').teamId).not.toBe(cluster.team('b').teamId);
  });

  it('lets team a walk from digits to explanations by gRPC, with its API key', () => {
    expect(walked.accuracy).toBeGreaterThan(0.5);
    expect(walked.maps.map((m) => [m.epoch, m.pointCount])).toEqual([[1, 600], [2, 600]]);
    for (const map of walked.maps) expect(map.trust!.trustworthiness).toBeGreaterThan(0.8);
    expect(walked.similar).toHaveLength(8);
    expect(walked.heatMaps).toBeGreaterThan(5);
  });

  it.skipIf(!hasProgram('bwrap'))('runs the code of users in the sandbox', () => {
    const environment = readFileSync(`/proc/${cluster.process('datasets-worker-1').pid}/environ`, 'latin1');
    expect(environment.split('\0').find((setting) => setting.startsWith('NOEMA_INTEGRATION_ISOLATION='))).toBe('NOEMA_INTEGRATION_ISOLATION=bubblewrap');
  });

  it('answers metrics from every process', async () => {
    for (const { name, metricsAddress } of [...cluster.state().services, ...cluster.state().workers]) {
      expect((await fetch(`http://${metricsAddress}/metrics`)).status, name).toBe(200);
    }
  });

  describe('RELIABILITY 28: team b', () => {
    it('finds none of team a\'s resources through any RPC of any service', async () => {
      const ids = Object.fromEntries(Object.entries(walked.ids).filter(([name]) => name.endsWith('_id') || name === 'service' || name === 'uri'));
      const findings = await reachedByTrespass({ served: servedBy(cluster.state()), token: b!.token, ids, fill: COMPLETED });
      expect(findings).toEqual([]);
    });

    it('sees empty lists', async () => {
      const { project_id: projectId = '' } = walked.ids;
      expect((await b!.of(ProjectService).listProjects({})).projects).toEqual([]);
      expect((await b!.of(JobService, 'training').listJobs({ service: 'training' })).jobs).toEqual([]);
      expect((await a!.of(JobService, 'training').listJobs({ service: 'training' })).jobs).toHaveLength(1);
      expect((await b!.of(RunService).listRuns({ projectId }).catch((error: unknown) => error))).not.toMatchObject({ runs: [{}] });
      expect((await b!.of(DatasetService).listDatasetVersions({ projectId }).catch((error: unknown) => error))).not.toMatchObject({ datasetVersions: [{}] });
    });

    it('is refused every stream', async () => {
      const first = async (stream: AsyncIterable<unknown>): Promise<unknown> => { for await (const message of stream) return message; return 'an end'; };
      const { run_id: runId = '', exploration_id: explorationId = '', job_id: jobId = '' } = walked.ids;
      await expect(first(b!.of(RunService).watchRun({ runId }))).rejects.toMatchObject({ kind: 'not-found' });
      await expect(first(b!.of(ExplorationService).streamPoints({ explorationId }))).rejects.toMatchObject({ kind: 'not-found' });
      await expect(first(b!.of(JobService, 'datasets').watchJob({ service: 'datasets', jobId }))).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('is refused every artifact, by address and as a stream, that team a reads', async () => {
      for (const { service, uri } of walked.artifacts) {
        const { artifact, url } = await a!.of(ArtifactService, service).createArtifactDownload({ service, uri });
        const bytes = await (await fetch(url)).arrayBuffer();
        expect(bytes.byteLength).toBe(Number(artifact!.sizeBytes));
        await expect(b!.of(ArtifactService, service).createArtifactDownload({ service, uri })).rejects.toMatchObject({ kind: 'not-found' });
        const read = async (): Promise<void> => { for await (const _ of b!.of(ArtifactService, service).readArtifact({ service, uri })) return; };
        await expect(read()).rejects.toMatchObject({ kind: 'not-found' });
        expect((await fetch(url.split('?')[0]!)).status).toBe(403);
      }
    });
  });

  it('starts each part again that dies', async () => {
    for (const name of ['nats', 's3', 'training', 'training-worker-1', 'gateway']) await cluster.kill(name);
    await cluster.whole();
    expect((await cluster.team('a').rest.get('/v1/projects')).status).toBe(200);
  }, 180_000);

  it('ends with everything that it started', async () => {
    const { pid, postgres } = cluster.state();
    const pids = [pid, postgres.pid, ...cluster.processes().map((p) => p.pid)];
    const lives = (of: number): boolean => existsSync(`/proc/${of}/stat`) && !/\) Z/.test(readFileSync(`/proc/${of}/stat`, 'utf8'));
    expect(pids.every(lives)).toBe(true);
    await cluster.down();
    expect(pids.filter(lives)).toEqual([]);
  }, 120_000);
});
