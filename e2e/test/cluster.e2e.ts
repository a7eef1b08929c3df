import { readFileSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { type Role, TokenSigner } from '@noema/auth';
import { ArtifactService } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { JetStreamBus, ProjectDeleted } from '@noema/events';
import { createClient } from '@noema/grpc';
import { uuidv7 } from '@noema/kernel';
import type { Secrets } from '@noema/standalone';
import { hasNats, hasProgram, hasS3, reachedByTrespass, temporaryDirectory, waitFor } from '@noema/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GrpcTeam } from '../src/cluster/grpc-team.js';
import { type GrpcWalk, walkByGrpc } from '../src/cluster/grpc-walk.js';
import { RunningCluster } from '../src/cluster/running-cluster.js';
import { noema } from '../src/command-line.js';
import { readExport } from '../src/exported-population.js';
import { COMPLETED, servedBy } from '../src/foreign-requests.js';
import { processLives } from '../src/process-lives.js';

/** The first answer of a NATS server after its greeting to a client that signs in so. */
const natsAnswer = (url: string, signIn: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let greeted = false;
    socket.on('error', reject).on('data', (chunk) => {
      const lines = chunk
        .toString('latin1')
        .split('\r\n')
        .filter((line) => line !== '' && !line.startsWith('INFO '));
      if (!greeted) socket.write(`${signIn}\r\nPING\r\n`);
      greeted = true;
      if (lines.length === 0) return;
      resolve(lines[0]!);
      socket.destroy();
    });
  });

describe.skipIf(!(hasNats() && hasS3()))('the cluster set-up', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let cluster: RunningCluster;
  let [a, b]: GrpcTeam[] = [];
  let walked: GrpcWalk;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    cluster = await RunningCluster.up(directory.path);
    [a, b] = await Promise.all(
      ['a', 'b'].map((team) => GrpcTeam.signIn(cluster.state(), cluster.team(team).apiKey)),
    );
    walked = await walkByGrpc(a!);
  }, 600_000);
  afterAll(async () => {
    a?.close();
    b?.close();
    await cluster?.down();
    await directory.remove();
  }, 120_000);

  /** The environment of a process, from /proc. */
  const readEnvironment = (
    name: string,
  ): { readonly service: string; readonly text: string; readonly env: Readonly<Record<string, string>> } => {
    const text = readFileSync(`/proc/${cluster.process(name).pid}/environ`, 'utf8');
    const env = Object.fromEntries(
      text
        .split('\0')
        .map((setting) => [setting.slice(0, setting.indexOf('=')), setting.slice(setting.indexOf('=') + 1)]),
    );
    return { service: name.replace(/-(worker-)?\d+$/, ''), text, env };
  };

  it('runs on NATS and S3, every service and two workers of each kind in processes of their own', () => {
    const { setUp, busUrl, storeUrl, services, workers, servers, postgres } = cluster.state();
    expect([setUp, busUrl.slice(0, 7), storeUrl.slice(0, 5)]).toEqual(['cluster', 'nats://', 's3://']);
    expect(servers.map((s) => s.name)).toEqual(['nats', 's3']);
    expect(services).toHaveLength(10);
    expect(workers).toHaveLength(16);
    expect(
      new Set(
        [postgres.pid, ...servers, ...services, ...workers].map((p) => (typeof p === 'number' ? p : p.pid)),
      ).size,
    ).toBe(29);
  });

  it('keeps the keys of both teams for their owner alone', async () => {
    for (const file of ['credentials.json', 'credentials-b.json', 'secrets.json'])
      expect((await stat(join(directory.path, file))).mode & 0o777).toBe(0o600);
    expect(cluster.team('a').teamId).not.toBe(cluster.team('b').teamId);
  });

  it('lets team a walk from digits to explanations by gRPC, with its API key', () => {
    expect(walked.accuracy).toBeGreaterThan(0.5);
    expect(walked.maps.map((m) => [m.epoch, m.pointCount])).toEqual([
      [1, 600],
      [2, 600],
    ]);
    for (const map of walked.maps) expect(map.trust!.trustworthiness).toBeGreaterThan(0.8);
    expect(walked.similar).toHaveLength(8);
    expect(walked.heatMaps).toBeGreaterThan(2);
    expect(walked.passing).toBe(1);
  });

  it.skipIf(!hasProgram('bwrap'))('runs the code of users in the sandbox', () => {
    const environment = readFileSync(`/proc/${cluster.process('datasets-worker-1').pid}/environ`, 'latin1');
    expect(
      environment.split('\0').find((setting) => setting.startsWith('NOEMA_INTEGRATION_ISOLATION=')),
    ).toBe('NOEMA_INTEGRATION_ISOLATION=bubblewrap');
  });

  it.skipIf(!hasProgram('bwrap'))('is given data, and gives a map, through its gateway alone', async () => {
    const elsewhere = await temporaryDirectory();
    const data = join(elsewhere.path, 'people.csv');
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${i % 7},${i % 2 === 0 ? 'cat' : 'dog'}`);
    await writeFile(data, `height,weight,label\n${rows.join('\n')}\n`);
    const project = walked.ids['project_id']!;
    const here = ['--url', cluster.state().url, '--key', cluster.team('a').apiKey, '--project', project];
    const opened = await noema(elsewhere.path, ...here, 'datasets', 'open', data, '--yes');
    expect(opened.code, opened.stderr).toBe(0);
    expect(opened.stdout).toMatch(/^state +succeeded$/m);
    expect(opened.stdout).toMatch(/^samples +60$/m);
    const target = join(elsewhere.path, 'export');
    const { code, stderr } = await noema(
      elsewhere.path,
      ...here,
      'export',
      walked.maps[1]!.id,
      '--to',
      target,
    );
    expect(code, stderr).toBe(0);
    const { rows: exported, vectors, dimensions } = await readExport(target);
    expect([exported, vectors.length]).toEqual([600, 600 * dimensions]);
    await elsewhere.remove();
  });

  it('answers metrics from every process', async () => {
    for (const { name, metricsAddress } of [...cluster.state().services, ...cluster.state().workers]) {
      expect((await fetch(`http://${metricsAddress}/metrics`)).status, name).toBe(200);
    }
  });

  describe('RELIABILITY 28: team b', () => {
    it("finds none of team a's resources through any RPC of any service", async () => {
      const ids = Object.fromEntries(
        Object.entries(walked.ids).filter(
          ([name]) => name.endsWith('_id') || name === 'service' || name === 'uri',
        ),
      );
      const findings = await reachedByTrespass({
        served: servedBy(cluster.state()),
        token: b!.token,
        ids,
        fill: COMPLETED,
      });
      expect(findings).toEqual([]);
    });

    it('sees empty lists', async () => {
      const { project_id: projectId = '' } = walked.ids;
      expect((await b!.of(ProjectService).listProjects({})).projects).toEqual([]);
      expect((await b!.of(JobService, 'training').listJobs({ service: 'training' })).jobs).toEqual([]);
      expect((await a!.of(JobService, 'training').listJobs({ service: 'training' })).jobs).toHaveLength(1);
      expect(
        await b!
          .of(RunService)
          .listRuns({ projectId })
          .catch((error: unknown) => error),
      ).not.toMatchObject({ runs: [{}] });
      expect(
        await b!
          .of(DatasetService)
          .listDatasetVersions({ projectId })
          .catch((error: unknown) => error),
      ).not.toMatchObject({ datasetVersions: [{}] });
    });

    it('is refused every stream', async () => {
      const first = async (stream: AsyncIterable<unknown>): Promise<unknown> => {
        for await (const message of stream) return message;
        return 'an end';
      };
      const { run_id: runId = '', exploration_id: explorationId = '', job_id: jobId = '' } = walked.ids;
      await expect(first(b!.of(RunService).watchRun({ runId }))).rejects.toMatchObject({ kind: 'not-found' });
      await expect(first(b!.of(ExplorationService).streamPoints({ explorationId }))).rejects.toMatchObject({
        kind: 'not-found',
      });
      await expect(
        first(b!.of(JobService, 'datasets').watchJob({ service: 'datasets', jobId })),
      ).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('is refused every artifact, by address and as a stream, that team a reads', async () => {
      for (const { service, uri } of walked.artifacts) {
        const { artifact, url } = await a!
          .of(ArtifactService, service)
          .createArtifactDownload({ service, uri });
        const bytes = await (await fetch(url)).arrayBuffer();
        expect(bytes.byteLength).toBe(Number(artifact!.sizeBytes));
        await expect(
          b!.of(ArtifactService, service).createArtifactDownload({ service, uri }),
        ).rejects.toMatchObject({ kind: 'not-found' });
        const read = async (): Promise<void> => {
          for await (const _ of b!.of(ArtifactService, service).readArtifact({ service, uri })) return;
        };
        await expect(read()).rejects.toMatchObject({ kind: 'not-found' });
        expect((await fetch(url.split('?')[0]!)).status).toBe(403);
      }
    });
  });

  it('RELIABILITY 33: the bus and the parts of the store take no client without credentials', async () => {
    const { busUrl, storeUrl } = cluster.state();
    expect(await natsAnswer(busUrl, 'CONNECT {}')).toMatch(/^-ERR 'Authorization Violation'/);
    expect(await natsAnswer(busUrl, 'CONNECT {"user":"workspace","pass":"guess"}')).toMatch(
      /^-ERR 'Authorization Violation'/,
    );
    const endpoint = new URL(storeUrl).searchParams.get('endpoint')!;
    for (const { uri } of walked.artifacts)
      expect((await fetch(`${endpoint}/noema/${uri}`)).status).toBe(403);
    const { env } = readEnvironment('s3');
    expect(env['WEED_JWT_SIGNING_KEY']).toMatch(/^[\w-]{43}$/);
  });

  it(
    'RELIABILITY 40: an event of another service is refused, and a purge that the workspace did not ask ' +
      'for removes nothing',
    async () => {
      const { project_id: projectId = '' } = walked.ids;
      const { teamId } = cluster.team('a');
      const forged = {
        id: uuidv7(),
        teamId,
        event: ProjectDeleted.name,
        subject: ProjectDeleted.subject(create(ProjectDeleted.schema, { projectId })),
        time: new Date(),
        body: { projectId },
      };
      const openBus = (credentials: string) =>
        new JetStreamBus({ servers: [new URL(cluster.state().busUrl).host], credentials });
      const [stolen, operator] = [
        openBus(readEnvironment('datasets').env['NOEMA_BUS_CREDENTIALS']!),
        openBus(cluster.busCredentials()),
      ];
      const [versions, tombstones] = ['dataset_version', 'tombstone'].map(
        (table) => () => cluster.query<{ n: number }>(`SELECT count(*)::int AS n FROM datasets.${table}`),
      );
      const [{ n: before }] = (await versions!()) as [{ n: number }];
      expect(before).toBeGreaterThan(0);
      await expect(stolen.publish([forged])).rejects.toThrow(/[Pp]ermission/);
      await operator.publish([forged]); // as somebody who has every right on the bus
      const heard = () => cluster.query(`SELECT 1 FROM datasets.inbox WHERE message_id = '${forged.id}'`);
      await waitFor(async () => (await heard()).length === 1 && (await tombstones!())[0]!.n === 0, {
        what: 'the forged deletion to be heard and dropped',
      });
      expect((await versions!())[0]!.n).toBe(before);
      await Promise.all([stolen.close(), operator.close()]);
    },
  );

  describe('RELIABILITY 46: the environment of one process', () => {
    const secrets = () => JSON.parse(readFileSync(join(directory.path, 'secrets.json'), 'utf8')) as Secrets;
    const processes = () =>
      cluster
        .processes()
        .filter(({ name }) => name !== 'nats' && name !== 's3')
        .map(({ name }) => ({ name, ...readEnvironment(name) }));

    it(
      'holds the password of its own role, its own key, and none of another service, the superuser or the ' +
        'operator',
      () => {
        const { postgresPassword, passwordSeed, signingKey, serviceKeys, secretsKey, sessionSecret } =
          secrets();
        const privatePart = (key: { readonly privateKey: string }) =>
          (JSON.parse(key.privateKey) as { d: string }).d;
        for (const { name, service, text, env } of processes()) {
          for (const [what, secret, holders] of [
            ['the superuser', postgresPassword, []],
            ['the seed of passwords', passwordSeed, []],
            ['the bus operator', cluster.busCredentials().split(':')[1]!, []],
            ['the signing key', privatePart(signingKey), ['workspace']],
            ['the key of secrets', secretsKey, ['workspace']],
            ['the key of sessions', sessionSecret, ['gateway']],
            ...Object.entries(serviceKeys).map(
              ([of, key]) => [`the key of ${of}`, privatePart(key), [of]] as const,
            ),
          ] as const)
            expect(text.includes(secret), `${name} holds ${what}`).toBe(
              (holders as readonly string[]).includes(service),
            );
          expect(env['NOEMA_DATABASE_URL']?.split('@')[0]?.split(':')[1], name).toBe(
            service === 'gateway' ? undefined : `//noema_${service}`,
          );
        }
        const passwords = processes().flatMap(({ service, env }) =>
          env['NOEMA_DATABASE_URL'] === undefined
            ? []
            : [`${service} ${new URL(env['NOEMA_DATABASE_URL']).password}`],
        );
        expect(new Set(passwords).size).toBe(9); // one for all processes of a service
        expect(new Set(passwords.map((entry) => entry.split(' ')[1])).size).toBe(9);
      },
    );

    it('opens the schema of its own service and no other one', async () => {
      for (const { service, env } of processes().filter(
        ({ name }) => !/-worker-/.test(name) && name !== 'gateway',
      )) {
        const client = new pg.Client(env['NOEMA_DATABASE_URL']);
        await client.connect();
        for (const schema of [
          'workspace',
          'datasets',
          'training',
          'activations',
          'similarity',
          'projection',
          'explanations',
          'insights',
          'quality',
        ]) {
          const read = client.query(`SELECT 1 FROM ${schema}.outbox LIMIT 1`);
          if (schema === service) await read;
          else await expect(read, `${service} reads ${schema}`).rejects.toThrow(/permission denied/);
        }
        await client.end();
        const other = new URL(env['NOEMA_DATABASE_URL']!);
        other.username = service === 'datasets' ? 'noema_training' : 'noema_datasets';
        await expect(
          new pg.Client(other.href).connect(),
          `the password of ${service} for ${other.username}`,
        ).rejects.toThrow(/password authentication failed/);
      }
    });

    it('signs only as that service', async () => {
      const { projectId, teamId } = {
        projectId: walked.ids['project_id']!,
        teamId: cluster.team('a').teamId,
      };
      const { address } = cluster.process('workspace');
      const signer = new TokenSigner({
        privateKey: readEnvironment('datasets-worker-1').env['NOEMA_AUTH_PRIVATE_KEY']!,
      });
      const getProject = async (subject: string, role: Role) => {
        const projects = createClient(ProjectService, {
          address,
          token: (await signer.sign({ teamId, subject, role })).token,
        });
        try {
          return (await projects.getProject({ projectId })).project?.id;
        } finally {
          projects.close();
        }
      };
      expect(await getProject('datasets', 'service')).toBe(projectId);
      for (const [subject, role] of [
        ['workspace', 'service'],
        ['training', 'service'],
        [cluster.team('a').memberId, 'admin'],
        ['datasets', 'viewer'],
      ] as const) {
        await expect(getProject(subject, role), `${role} ${subject}`).rejects.toMatchObject({
          reason: 'TOKEN_INVALID',
        });
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
    expect(pids.every(processLives)).toBe(true);
    await cluster.down();
    expect(pids.filter(processLives)).toEqual([]);
  }, 120_000);
});
