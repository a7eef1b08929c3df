import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import { services } from '@noema/contracts';
import { Health, HealthCheckResponse_ServingStatus as Serving } from '@noema/contracts/grpc/health/v1/health';
import { ServerReflection } from '@noema/contracts/grpc/reflection/v1/reflection';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { GetJobRequestSchema, JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { Connection, createClient } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import { waitFor, withStillClock } from '@noema/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startPlatform } from './platform.js';

let p: Awaited<ReturnType<typeof startPlatform>>;
let connection: Connection;

beforeAll(async () => {
  p = await startPlatform({ NOEMA_DRAIN_MS: '500' });
  connection = new Connection(p.gateway.grpcAddress);
});
afterAll(async () => {
  connection.close();
  await p.close();
});
afterEach(() => {
  p.projects.onGet = async () => undefined;
});

const KEY = 'noema_good_key';
const projects = (token: string | undefined = KEY) =>
  createClient(ProjectService, { address: connection, token });

it('takes an API key itself, and a short token', async () => {
  // Two seconds later the gateway would ask again whether the key still holds.
  await withStillClock(async () => {
    expect(await projects().getProject({ projectId: '7' })).toMatchObject({ project: { id: '7' } });
    expect(await projects(await p.signToken('viewer')).getProject({ projectId: '8' })).toMatchObject({
      project: { id: '8' },
    });
    const exchanged = p.tokens.exchanged;
    await projects().getProject({ projectId: '7' });
    expect(p.tokens.exchanged).toBe(exchanged);
  });
});

it('exchanges a key without a token, as the workspace declares', async () => {
  expect(
    (await createClient(TokenService, { address: connection }).exchangeApiKey({ apiKey: KEY })).accessToken,
  ).not.toBe('');
});

it('refuses whoever has no good token, before any service hears of it', async () => {
  p.projects.calls = [];
  for (const token of [undefined, 'noema_bad_key', 'nonsense', await p.signToken('viewer', -60)]) {
    await expect(
      createClient(ProjectService, { address: connection, token }).getProject({ projectId: '7' }),
      String(token),
    ).rejects.toMatchObject({ kind: 'unauthenticated' });
  }
  expect(p.projects.calls).toEqual([]);
});

it('hands back the error of the service with all its details, and how the team stands', async () => {
  p.projects.onGet = () =>
    Promise.reject(
      new DomainError('exhausted', 'QUEUE_FULL', '5 jobs wait', {
        metadata: { retry_after_seconds: '7' },
        violations: [{ field: 'a', description: 'b' }],
      }),
    );
  await expect(projects().getProject({ projectId: '7' })).rejects.toMatchObject({
    kind: 'exhausted',
    reason: 'QUEUE_FULL',
    message: '5 jobs wait',
    metadata: { retry_after_seconds: '7' },
    violations: [{ field: 'a', description: 'b' }],
  });
});

it('passes deadline, cancel, trace and request id on', async () => {
  let aborted = 0;
  p.projects.onGet = async (_, { signal }) => {
    await once(signal, 'abort');
    aborted++;
  };
  // On a busy machine a deadline may pass before the request arrives.
  await waitFor(async () => {
    await expect(projects().getProject({ projectId: '7' }, { timeoutMs: 300 })).rejects.toMatchObject({
      kind: 'timeout',
    });
    return aborted > 0;
  });
  const leaving = new AbortController();
  p.projects.calls = [];
  const running = projects()
    .getProject({ projectId: '7' }, { signal: leaving.signal, timeoutMs: 600_000 })
    .catch((error: unknown) => error);
  await waitFor(() => p.projects.calls.length > 0);
  const before = aborted;
  leaving.abort();
  expect(await running).toMatchObject({ kind: 'cancelled' });
  await waitFor(() => aborted > before);
  p.projects.onGet = async () => undefined;
  p.projects.calls = [];
  await projects().getProject(
    { projectId: '7' },
    {
      headers: {
        'x-request-id': 'r-1',
        traceparent: '00-11111111111111111111111111111111-2222222222222222-01',
        'x-secret': 'no',
      },
    },
  );
  const { metadata } = p.projects.calls[0]!;
  expect([metadata.get('x-request-id'), metadata.get('x-secret')]).toEqual([['r-1'], []]);
  expect(metadata.get('traceparent')).toHaveLength(1);
});

it('finds the service that a job is of by the request', async () => {
  const jobs = createClient(JobService, { address: connection, token: KEY });
  expect(await jobs.getJob({ service: 'training', jobId: 'j' })).toMatchObject({
    job: { id: 'j', service: 'training', state: JobState.SUCCEEDED },
  });
  await expect(jobs.getJob({ service: 'nobody', jobId: 'j' })).rejects.toMatchObject({
    reason: 'SERVICE_UNKNOWN',
  });
  await expect(
    createClient(JobService, { address: connection, token: KEY })
      .watchJob({ service: 'training', jobId: 'unknown' })
      [Symbol.asyncIterator]()
      .next(),
  ).rejects.toMatchObject({ kind: 'not-found', reason: 'JOB_NOT_FOUND' });
});

it('refuses a request with too many values that it would have to read itself', async () => {
  const request = create(GetJobRequestSchema, { service: 'unknown', jobId: 'j' });
  request.$unknown = Array.from({ length: 270_000 }, () => ({ no: 90, wireType: 0, data: Uint8Array.of(0) }));
  await expect(
    createClient(JobService, { address: connection, token: KEY }).getJob(request),
  ).rejects.toMatchObject({ kind: 'invalid', reason: 'REQUEST_TOO_MANY_VALUES' });
});

it('passes a stream on no faster than it is read, whole, and lets go of it when its reader leaves', async () => {
  const points = createClient(ExplorationService, { address: connection, token: KEY });
  p.points.chunks = 5;
  let count = 0;
  for await (const _ of points.streamPoints({ explorationId: 'e', chunkSize: 1024 })) count++;
  expect(count).toBe(5);
  p.points.chunks = 2000;
  p.points.made = 0;
  for await (const _ of points.streamPoints({ explorationId: 'e', chunkSize: 65_536 })) {
    let seen = -1;
    while (seen !== p.points.made) {
      seen = p.points.made;
      await delay(300);
    }
    expect(p.points.made).toBeLessThan(400);
    break;
  }
  await waitFor(() => p.points.open === 0);
  p.points.chunks = 5;
});

it('answers reflection and health itself', async () => {
  const health = createClient(Health, { address: connection });
  expect([
    (await health.check({})).status,
    (await health.check({ service: 'noema.datasets.v1.SampleService' })).status,
  ]).toEqual([Serving.SERVING, Serving.SERVING]);
  const ask = async function* () {
    yield { messageRequest: { case: 'listServices' as const, value: '' } };
  };
  for await (const { messageResponse } of createClient(ServerReflection, {
    address: connection,
  }).serverReflectionInfo(ask())) {
    const names =
      messageResponse.case === 'listServicesResponse'
        ? messageResponse.value.service.map(({ name }) => name)
        : [];
    expect(names).toEqual(
      expect.arrayContaining(
        services.map(({ typeName }) => typeName).filter((name) => name !== 'noema.gateway.v1.SessionService'),
      ),
    );
  }
});

it('reports an unavailable service without its address, and asks watchers to go elsewhere when it ends', async () => {
  const own = await startPlatform({ NOEMA_DRAIN_MS: '2000' });
  const client = createClient(JobService, { address: own.gateway.grpcAddress, token: KEY });
  const watch = client.watchJob({ service: 'training', jobId: 'j' })[Symbol.asyncIterator]();
  await watch.next();
  const closing = own.gateway.close();
  await expect(watch.next()).rejects.toMatchObject({ kind: 'unavailable', reason: 'SHUTTING_DOWN' });
  await closing;
  client.close();
  await own.behind.close();
  const lonely = await startPlatform({ NOEMA_SERVICES: 'workspace=127.0.0.1:9' });
  const away = createClient(ProjectService, {
    address: lonely.gateway.grpcAddress,
    token: await lonely.signToken('viewer'),
  });
  const error = await away.getProject({ projectId: '7' }).catch((thrown: unknown) => thrown as DomainError);
  expect(error).toMatchObject({ kind: 'unavailable' });
  expect((error as DomainError).message).not.toContain('127.0.0.1');
  away.close();
  await lonely.close();
});
