import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { createClient } from '@noema/grpc';
import { DomainError, uuidv7 } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { createRestClient } from '@noema/rest';
import { freePorts, waitFor, withStillClock } from '@noema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../src/index.js';
import { startPlatform, TEAM } from './platform.js';

let p: Awaited<ReturnType<typeof startPlatform>>;
let token: string;

beforeAll(async () => {
  p = await startPlatform({
    NOEMA_BODY_LIMIT_BYTES: '65536',
    NOEMA_STALL_MS: '20000',
  });
  token = await p.signToken('editor');
});
afterAll(() => p.close());
afterEach(() => {
  p.projects.onGet = async () => undefined;
  p.projects.calls = [];
  p.jobs.states = [JobState.RUNNING];
});

const ask = (path: string, init: RequestInit & { auth?: string } = {}) =>
  fetch(p.base + path, {
    ...init,
    headers: {
      ...(init.auth === '' ? {} : { authorization: `Bearer ${init.auth ?? token}` }),
      ...(init.headers as Record<string, string>),
    },
  });
const post = (
  path: string,
  body: string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) => ask(path, { method: 'POST', body, headers });
const problem = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return { status: response.status, ...((await response.json()) as object) };
};

describe("RELIABILITY 13: requests above the team's rate", () => {
  it(
    'are answered 429 with what is left and when to come back; every answer before says how the team ' +
      'stands; others are not concerned',
    async () => {
      const limited = async (teamId: string, role: 'viewer' | 'editor') =>
        (await p.signer.sign({ teamId, subject: 'bob', role, requestsPerMinute: 3 })).token;
      const [flooding, calm] = [
        '01890a5d-ac96-774b-bcce-b302099a80f1',
        '01890a5d-ac96-774b-bcce-b302099a80f2',
      ];
      const standing = (r: Response) =>
        ['limit', 'remaining', 'reset'].map((name) => Number(r.headers.get(`ratelimit-${name}`)));
      const first = await ask('/v1/projects/p1', { auth: await limited(flooding, 'viewer') });
      expect([first.status, standing(first)]).toEqual([200, [3, 2, 20]]);
      for (let n = 0; n < 2; n++)
        expect((await ask('/v1/projects/p1', { auth: await limited(flooding, 'editor') })).status).toBe(200);
      const refused = await ask('/v1/projects/p1', { auth: await limited(flooding, 'viewer') });
      expect(standing(refused).slice(0, 2)).toEqual([3, 0]);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await problem(refused)).toMatchObject({ status: 429, reason: 'RATE_LIMITED' });
      expect((await ask('/v1/projects/p1', { auth: await limited(calm, 'viewer') })).status).toBe(200);
      const unlimited = await ask('/v1/projects/p1');
      expect([unlimited.status, unlimited.headers.get('ratelimit-limit')]).toEqual([200, null]);
    },
  );
});

describe('requests', () => {
  it('reach the RPC of their route and come back as proto3 JSON with defaults', async () => {
    expect(await (await ask('/v1/projects/7')).json()).toEqual({
      project: { id: '7', displayName: '', description: '' },
    });
    expect(await (await post('/v1/projects', '{"displayName":"digits"}')).json()).toMatchObject({
      project: { displayName: 'digits' },
    });
    const patched = await ask('/v1/projects/7?update_mask=displayName,description', {
      method: 'PATCH',
      body: '{"displayName":"x"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(await patched.json()).toMatchObject({
      project: { id: '7', displayName: 'x', description: 'display_name,description' },
    });
    expect(await (await ask('/v1/dataset-versions/v/samples/validation/a%2Fb')).json()).toMatchObject({
      sample: { ref: { split: 'SPLIT_VALIDATION', sampleId: 'a/b' }, metadata: { ink: 0.5 } },
    });
  });

  it('route jobs by the service that they name', async () => {
    expect(await (await ask('/v1/training/jobs/7')).json()).toMatchObject({
      job: { id: '7', service: 'training' },
    });
    for (const service of ['cooking', '__proto__', 'constructor'])
      expect(await problem(await ask(`/v1/${service}/jobs/7`))).toMatchObject({
        status: 404,
        reason: 'SERVICE_UNKNOWN',
      });
    expect(await problem(await ask('/v1/similarity/jobs/7'))).toMatchObject({
      status: 503,
      reason: 'SERVICE_NOT_CONFIGURED',
    });
  });

  it('carry trace, request id and deadline on, and answer with the id', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const response = await ask('/v1/projects/7', { headers: { traceparent, 'x-request-id': 'mine-1' } });
    expect(response.headers.get('x-request-id')).toBe('mine-1');
    const { metadata } = p.projects.calls[0]!;
    expect(metadata.get('x-request-id')).toEqual(['mine-1']);
    expect(String(metadata.get('traceparent')[0])).toContain('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(
      (await ask('/v1/projects/7', { headers: { 'x-request-id': 'a b<script>' } })).headers.get(
        'x-request-id',
      ),
    ).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('end at their deadline, and stop the work', async () => {
    let aborted = false;
    p.projects.onGet = async (_, { signal }) => {
      await once(signal, 'abort');
      aborted = true;
    };
    // On a busy machine a deadline may pass before the request has reached the service.
    for (let timeoutMs = 50; !aborted; timeoutMs *= 2)
      expect(
        await problem(await ask('/v1/projects/7', { headers: { 'x-timeout-ms': String(timeoutMs) } })),
      ).toMatchObject({ status: 504, reason: expect.stringContaining('DEADLINE_EXCEEDED') });
    expect(await problem(await ask('/v1/projects/7', { headers: { 'x-timeout-ms': 'soon' } }))).toMatchObject(
      { status: 400, reason: 'HEADER_INVALID' },
    );
  });

  it('RELIABILITY 15: stop the work when the caller leaves', async () => {
    let begun = false;
    let aborted = false;
    p.projects.onGet = async (_, { signal }) => {
      begun = true;
      await once(signal, 'abort');
      aborted = true;
    };
    const leaving = new AbortController();
    const answer = ask('/v1/projects/7', { signal: leaving.signal }).catch(() => undefined);
    await waitFor(() => begun);
    leaving.abort();
    await answer;
    await waitFor(() => aborted);
  });

  it('are refused and logged when they name nothing that can be', async () => {
    expect(await problem(await ask('/v1/projects/undefined'))).toMatchObject({
      status: 500,
      reason: 'RESPONSE_INVALID',
    });
  });

  it('RELIABILITY 13: keep the error of the service', async () => {
    p.projects.onGet = () =>
      Promise.reject(
        new DomainError('exhausted', 'QUEUE_FULL', '5 jobs wait', { metadata: { retry_after_seconds: '7' } }),
      );
    const full = await ask('/v1/projects/7');
    expect(full.headers.get('retry-after')).toBe('7');
    expect(await problem(full)).toMatchObject({
      status: 429,
      reason: 'QUEUE_FULL',
      detail: '5 jobs wait',
      instance: expect.stringMatching(/^urn:noema:request:/),
    });
    p.projects.onGet = () => Promise.reject(new Error('password of the database'));
    expect(JSON.stringify(await problem(await ask('/v1/projects/7')))).not.toContain('password');
  });
});

describe('bad requests', () => {
  it.each<[string, () => Promise<Response>, object]>([
    ['unknown route', () => ask('/v1/nothing'), { status: 404, reason: 'ROUTE_UNKNOWN' }],
    ['unknown route outside of /v1', () => ask('/wp-admin'), { status: 404, reason: 'ROUTE_UNKNOWN' }],
    ['broken percent-encoding', () => ask('/v1/projects/%zz'), { status: 400, reason: 'PATH_MALFORMED' }],
    [
      'wrong verb',
      () => ask('/v1/projects/7', { method: 'PUT' }),
      { status: 405, reason: 'VERB_NOT_ALLOWED' },
    ],
    [
      'no JSON',
      () => post('/v1/projects', '{"displayName":'),
      { status: 400, reason: 'BODY_NOT_JSON', violations: [{ field: 'body' }] },
    ],
    [
      'no UTF-8',
      () =>
        ask('/v1/projects', {
          method: 'POST',
          body: new Uint8Array([0x22, 0xff, 0x22]),
          headers: { 'content-type': 'application/json' },
        }),
      { reason: 'BODY_NOT_JSON' },
    ],
    [
      'wrong type of a field',
      () => post('/v1/projects', '{"displayName":7}'),
      { status: 400, reason: 'FIELD_INVALID', violations: [{ field: 'display_name' }] },
    ],
    [
      'unknown field',
      () => post('/v1/projects', '{"__proto__":{"admin":true}}'),
      { status: 400, violations: [{ field: '__proto__' }] },
    ],
    [
      'unknown query parameter',
      () => ask('/v1/projects/7?colour=red'),
      { status: 400, violations: [{ field: 'colour' }] },
    ],
    [
      'other media type',
      () => post('/v1/projects', '<a/>', { 'content-type': 'application/xml' }),
      { status: 415 },
    ],
    [
      'deep nesting',
      () => post('/v1/projects', `{"displayName":${'['.repeat(30_000)}${']'.repeat(30_000)}}`),
      { status: 400 },
    ],
  ])('%s', async (_, act, expected) => {
    const found = await problem(await act());
    for (const [key, value] of Object.entries(expected))
      expect(found).toHaveProperty(
        key,
        Array.isArray(value) ? value.map((v) => expect.objectContaining(v)) : value,
      );
  });

  it('lists the allowed verbs', async () => {
    expect((await ask('/v1/projects/7', { method: 'PUT' })).headers.get('allow')).toBe('DELETE, GET, PATCH');
  });

  it('refuses 200 MB at once, declared or in chunks, and holds none of it', async () => {
    expect(await problem(await post('/v1/projects', 'x'.repeat(200 << 20)))).toMatchObject({
      status: 413,
      reason: 'BODY_TOO_LARGE',
      metadata: { limit_bytes: '65536' },
    });
    const before = process.memoryUsage();
    const piece = new Uint8Array(1 << 20).fill(0x20);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(c) {
          if (sent++ < 200) c.enqueue(piece);
          else c.close();
        },
      },
      { highWaterMark: 0 },
    );
    const chunked = await ask('/v1/projects', {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    });
    expect(await problem(chunked)).toMatchObject({ status: 413 });
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(64 << 20);
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('reads no body of a caller without a good token', async () => {
    expect(
      await problem(
        await ask('/v1/projects', {
          method: 'POST',
          auth: 'forged.token.x',
          body: 'x'.repeat(60_000),
          headers: { 'content-type': 'text/plain' },
        }),
      ),
    ).toMatchObject({ status: 401 });
    expect(await problem(await ask('/v1/dataset-versions/v/samples/holdout/7', { auth: '' }))).toMatchObject({
      status: 401,
      reason: 'TOKEN_MISSING',
    });
  });

  it('does not wait for a slow body', async () => {
    const impatient = await startGateway(
      { ...p.env, NOEMA_BODY_TIMEOUT_MS: '300' },
      { logger: silentLogger },
    );
    const socket = connect(Number(new URL(`http://${impatient.address}`).port), '127.0.0.1');
    socket.write(
      `POST /v1/projects HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: ` +
        `application/json\r\ncontent-length: 1000\r\n\r\n{"disp`,
    );
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.includes('BODY_TOO_SLOW')) break;
    }
    expect(text).toMatch(/^HTTP\/1.1 408 /);
    expect(text).toContain('BODY_TOO_SLOW');
    await impatient.close();
  });

  it('answers what is no HTTP with a problem', async () => {
    const socket = connect(Number(new URL(p.base).port), '127.0.0.1');
    socket.write('HELO noema\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1.1 400 /);
    expect(text).toContain('application/problem+json');
  });
});

describe('signing in', () => {
  it('turns an API key into a token once, for many requests at the same time', async () => {
    const before = p.tokens.exchanged;
    // Two seconds later the gateway would ask again whether the key still holds.
    const answers = await withStillClock(() =>
      Promise.all(Array.from({ length: 20 }, () => ask('/v1/projects/7', { auth: 'noema_good_1' }))),
    );
    expect(answers.map((a) => a.status)).toEqual(Array(20).fill(200));
    expect(p.tokens.exchanged - before).toBe(1);
    expect(p.projects.calls[0]!.principal).toEqual({ teamId: TEAM, subject: 'ann', role: 'editor' });
  });

  it('exchanges again before the token ends', async () => {
    p.tokens.lifetimeS = 1;
    const before = p.tokens.exchanged;
    await withStillClock(async () => {
      await ask('/v1/projects/7', { auth: 'noema_good_2' });
      await ask('/v1/projects/7', { auth: 'noema_good_2' });
    });
    expect(p.tokens.exchanged - before).toBe(1);
    while (p.tokens.exchanged - before < 2)
      expect((await ask('/v1/projects/7', { auth: 'noema_good_2' })).status).toBe(200);
    p.tokens.lifetimeS = 600;
  });

  it.each([
    ['', 'TOKEN_MISSING'],
    ['noema_bad', 'API_KEY_INVALID'],
    ['forged.token.x', 'TOKEN_INVALID'],
  ])('refuses "%s"', async (auth, reason) => {
    const response = await ask('/v1/projects/7', { auth });
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await problem(response)).toMatchObject({ status: 401, reason });
  });

  it('refuses an expired token, and a role that is too low', async () => {
    expect(
      await problem(await ask('/v1/projects/7', { auth: await p.signToken('editor', -60) })),
    ).toMatchObject({ status: 401, reason: 'TOKEN_EXPIRED' });
    const viewer = await p.signToken('viewer');
    expect(
      await problem(
        await ask('/v1/projects', {
          method: 'POST',
          body: '{}',
          auth: viewer,
          headers: { 'content-type': 'application/json' },
        }),
      ),
    ).toMatchObject({ status: 403, reason: 'ROLE_TOO_LOW' });
  });
});

describe('pictures', () => {
  const path = '/v1/dataset-versions/v/samples/test/7/visuals/image';
  it('come as their media type, to be kept, and are not sent twice', async () => {
    const first = await ask(path);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-type': 'image/png',
      etag: '"tag-7"',
      'cache-control': expect.stringContaining('immutable'),
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
    });
    expect(await first.text()).toBe('png of 7');
    const second = await ask(path, { headers: { 'if-none-match': 'W/"x", "tag-7"' } });
    expect([second.status, await second.text()]).toEqual([304, '']);
    const head = await ask(path, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '8', '']);
  });

  it('that can change, such as a badge, are requested again and sent when they changed', async () => {
    const badge = '/v1/projects/7/test-badge';
    const first = await ask(badge);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-type': 'image/svg+xml',
      'cache-control': 'private, no-cache',
      vary: 'authorization, cookie',
    });
    expect(await first.text()).toBe('red badge of 7');
    const again = () => ask(badge, { headers: { 'if-none-match': first.headers.get('etag')! } });
    expect((await again()).status).toBe(304);
    p.testResults.badge = 'green';
    const changed = await again();
    expect([changed.status, await changed.text()]).toEqual([200, 'green badge of 7']);
    expect((await ask(badge, { auth: '' })).status).toBe(401);
  });

  it('that are made of what a POST says are not kept', async () => {
    const made = await post('/v1/dataset-versions/v/visuals/image:mean', '{}', {
      'content-type': 'application/json',
      'if-none-match': '"mean"',
    });
    expect([made.status, made.headers.get('cache-control'), await made.text()]).toEqual([
      200,
      'no-store',
      'mean',
    ]);
  });

  it('reach the typed client', async () => {
    const client = createRestClient(SampleService, { baseUrl: p.base, token });
    const { body, etag } = await client.getSampleVisual({
      datasetVersionId: 'v',
      split: 3,
      sampleId: 'a:b/c',
      visualizer: 'image',
    });
    expect([new TextDecoder().decode(body?.data), body?.contentType, etag]).toEqual([
      'png of a:b/c',
      'image/png',
      'tag-a:b/c',
    ]);
  });
});

describe('streams', () => {
  it('send events with ids, then the end', async () => {
    p.jobs.states = [JobState.QUEUED, JobState.RUNNING, JobState.SUCCEEDED];
    const text = await (await ask('/v1/training/jobs/7:watch')).text();
    expect(
      text
        .split('\n\n')
        .filter((e) => e !== '' && !e.startsWith(':'))
        .map((e) =>
          e
            .replace(/"state":"(\w+)".*/, '$1')
            .replace(/\{.*\{"id":"7","service":"","kind":"","subjectId":"",/, ''),
        ),
    ).toEqual([
      'id: 1\ndata: JOB_STATE_QUEUED',
      'id: 2\ndata: JOB_STATE_RUNNING',
      'id: 3\ndata: JOB_STATE_SUCCEEDED',
      'event: end\ndata: {}',
    ]);
  });

  it('keep the connection open with comments, and cancel the call when it is closed', async () => {
    const leaving = new AbortController();
    const response = await ask('/v1/training/jobs/7:watch', { signal: leaving.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    const reader = response.body!.getReader();
    while (!text.includes(': still here')) text += new TextDecoder().decode((await reader.read()).value);
    expect(p.jobs.watchers).toBe(1);
    leaving.abort();
    await waitFor(() => p.jobs.watchers === 0);
  });

  it('that fail before the first event answer with a problem, later ones with an event', async () => {
    expect(await problem(await ask('/v1/training/jobs/unknown:watch'))).toMatchObject({
      status: 404,
      reason: 'JOB_NOT_FOUND',
    });
    p.jobs.states = [JobState.FAILED];
    expect(await (await ask('/v1/training/jobs/7:watch')).text()).toMatch(
      /event: problem\ndata: .*WORKER_LOST/,
    );
  });

  it('are made no faster than they are read', async () => {
    p.points.chunks = 2000;
    p.points.made = 0;
    const leaving = new AbortController();
    const response = await ask('/v1/explorations/e/points?chunk_size=65536', { signal: leaving.signal });
    await response.body!.getReader().read();
    let seen = -1;
    while (seen !== p.points.made) {
      seen = p.points.made;
      await delay(300);
    }
    expect(p.points.made).toBeLessThan(400);
    leaving.abort();
    await waitFor(() => p.points.open === 0);
    p.points.chunks = 5;
  });

  it('are let go when the reader leaves or stops reading while they are blocked', async () => {
    p.points.chunks = 2000;
    for (const [stallMs, leave] of [
      ['60000', true],
      ['200', false],
    ] as const) {
      const gateway = await startGateway(
        { ...p.env, NOEMA_STALL_MS: stallMs, NOEMA_DRAIN_MS: '60000' },
        { logger: silentLogger },
      );
      const leaving = new AbortController();
      const response = await fetch(`http://${gateway.address}/v1/explorations/e/points?chunk_size=65536`, {
        signal: leaving.signal,
        headers: { authorization: `Bearer ${token}` },
      });
      await response.body!.getReader().read();
      if (leave) {
        await waitFor(() => p.points.open === 1);
        let seen = -1;
        while (seen !== p.points.made) {
          seen = p.points.made;
          await delay(100);
        }
        leaving.abort();
      }
      await waitFor(() => p.points.open === 0);
      await gateway.close();
    }
    p.points.chunks = 5;
  });

  it('go on after the event that was seen last', async () => {
    const text = await (
      await ask('/v1/explorations/e/points?chunk_size=1', { headers: { 'last-event-id': '3' } })
    ).text();
    expect([...text.matchAll(/id: (\d+)\n.*?"firstRow":(\d+)/g)].map(([, id, row]) => [id, row])).toEqual([
      ['4', '30'],
      ['5', '40'],
    ]);
  });

  it('RELIABILITY 31: survive a restart of the gateway: the client misses nothing', async () => {
    const [port = 0] = await freePorts(1); // which stays free for it over the restart
    const start = () =>
      startGateway({ ...p.env, NOEMA_HTTP_ADDRESS: `127.0.0.1:${port}` }, { logger: silentLogger });
    let gateway = await start();
    p.points.chunks = 40;
    const client = createRestClient(ExplorationService, {
      baseUrl: `http://${gateway.address}`,
      token,
      backoffMs: 200,
      streamAttempts: 50,
    });
    const rows: number[] = [];
    let restarted: Promise<unknown> | undefined;
    for await (const { chunk } of client.streamPoints({ explorationId: 'e', chunkSize: 200_000 })) {
      rows.push(chunk!.firstRow);
      restarted ??= gateway.close().then(async () => {
        gateway = await start();
      });
    }
    await restarted;
    await gateway.close();
    expect(rows).toEqual(Array.from({ length: 40 }, (_, i) => i * 10));
    p.points.chunks = 5;
  });

  it('watch a job through the typed client', async () => {
    p.jobs.states = [JobState.RUNNING, JobState.SUCCEEDED];
    const seen = [];
    for await (const { job } of createRestClient(JobService, { baseUrl: p.base, token }).watchJob({
      service: 'training',
      jobId: '7',
    }))
      seen.push(job?.state);
    expect(seen).toEqual([JobState.RUNNING, JobState.SUCCEEDED]);
  });
});

describe('streams of bytes', () => {
  const path = '/v1/explorations/e/columns?batch_size=1000';
  const columns = () => createRestClient(ExplorationService, { baseUrl: p.base, token });

  it('are one body under the media type of the first piece, to be kept', async () => {
    const response = await ask(path);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/vnd.apache.arrow.stream',
      'cache-control': 'private, max-age=31536000, immutable',
      vary: 'authorization, cookie',
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(bytes).toEqual(Uint8Array.from({ length: 5000 }, (_, i) => Math.floor(i / 1000)));
    const head = await ask(path, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      200,
      'application/vnd.apache.arrow.stream',
      '',
    ]);
    await waitFor(() => p.points.open === 0);
  });

  it('are read piece by piece through the typed client', async () => {
    let total = 0;
    for await (const { body } of columns().streamPointColumns({ explorationId: 'e', batchSize: 1000 })) {
      expect(body?.contentType).toBe('application/vnd.apache.arrow.stream');
      total += body!.data.length;
    }
    expect(total).toBe(5000);
  });

  it('that fail before the first byte answer with a problem, later ones are cut', async () => {
    expect(await problem(await ask('/v1/explorations/unknown/columns'))).toMatchObject({
      status: 404,
      reason: 'EXPLORATION_NOT_FOUND',
    });
    let read = 0;
    const reading = async () => {
      for await (const { body } of columns().streamPointColumns({
        explorationId: 'breaking',
        batchSize: 1000,
      }))
        read += body!.data.length;
    };
    await expect(reading()).rejects.toMatchObject({ kind: 'unavailable', reason: 'STREAM_BROKEN' });
    expect(read).toBeGreaterThan(0);
  });

  it('are made no faster than they are read, and end when the reader leaves', async () => {
    p.points.chunks = 2000;
    p.points.made = 0;
    const leaving = new AbortController();
    const reading = async () => {
      for await (const _ of columns().streamPointColumns(
        { explorationId: 'e', batchSize: 65536 },
        { signal: leaving.signal },
      )) {
        let seen = -1;
        while (seen !== p.points.made) {
          seen = p.points.made;
          await delay(300);
        }
        expect(p.points.made).toBeLessThan(400);
        leaving.abort();
      }
    };
    await expect(reading()).rejects.toMatchObject({ kind: 'cancelled' });
    await waitFor(() => p.points.open === 0);
    p.points.chunks = 5;
  });

  it('are closed when no client reads them', async () => {
    p.points.chunks = 2000;
    const gateway = await startGateway({ ...p.env, NOEMA_STALL_MS: '200' }, { logger: silentLogger });
    const response = await fetch(`http://${gateway.address}/v1/explorations/e/columns?batch_size=65536`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await response.body!.getReader().read();
    await waitFor(() => p.points.open === 0);
    await gateway.close();
    p.points.chunks = 5;
  });
});

describe('packing', () => {
  it('compresses long JSON for clients that accept it, and sends short JSON and streams uncompressed', async () => {
    p.projects.onGet = async () => undefined;
    const long = await ask(`/v1/projects/${'7'.repeat(5000)}`, { headers: { 'accept-encoding': 'gzip' } });
    expect([
      long.headers.get('content-encoding'),
      long.headers.get('vary'),
      ((await long.json()) as { project: { id: string } }).project.id.length,
    ]).toEqual(['gzip', 'accept-encoding', 5000]);
    expect(Number(long.headers.get('content-length'))).toBeLessThan(500);
    expect(
      (
        await ask(`/v1/projects/${'7'.repeat(5000)}`, { headers: { 'accept-encoding': 'identity' } })
      ).headers.get('content-encoding'),
    ).toBeNull();
    expect(
      (await ask('/v1/projects/7', { headers: { 'accept-encoding': 'gzip' } })).headers.get(
        'content-encoding',
      ),
    ).toBeNull();
    expect(
      (
        await ask('/v1/explorations/e/columns?batch_size=5000', { headers: { 'accept-encoding': 'gzip' } })
      ).headers.get('content-encoding'),
    ).toBeNull();
  });
});

describe('operations', () => {
  it('is live and ready', async () => {
    expect(await (await ask('/healthz', { auth: '' })).json()).toEqual({ state: 'live' });
    // A busy machine may take longer than a probe waits.
    const ready = await waitFor(
      async () => {
        const answer = (await (await ask('/readyz', { auth: '' })).json()) as { services: object };
        return Object.values(answer.services).every(Boolean) ? answer : undefined;
      },
      { what: 'that all services serve' },
    );
    expect(ready).toEqual({
      state: 'ready',
      services: { datasets: true, projection: true, quality: true, training: true, workspace: true },
    });
  });

  it(
    'RELIABILITY 29: answers 503 at once for a service that is away, and is not ready without the ' +
      'workspace',
    async () => {
      // No program listens at port 1.
      const lone = await startGateway(
        { ...p.env, NOEMA_SERVICES: 'workspace=127.0.0.1:1' },
        { logger: silentLogger },
      );
      const client = createRestClient(ProjectService, { baseUrl: `http://${lone.address}`, token });
      const reasons: unknown[] = [];
      // Two seconds later the gateway would try again.
      await withStillClock(async () => {
        for (let i = 0; i < 7; i++)
          reasons.push(
            await client.getProject({ projectId: '7' }).catch((e: DomainError) => `${e.kind} ${e.reason}`),
          );
      });
      expect(reasons.slice(0, 5)).toEqual(Array(5).fill('unavailable UNREACHABLE'));
      expect(reasons.slice(5)).toEqual(Array(2).fill('unavailable SERVICE_AWAY'));
      expect((await fetch(`http://${lone.address}/readyz`)).status).toBe(503);
      await lone.close();
    },
  );

  it('RELIABILITY 17: waits for the next instance of a service whose last one has ended', async () => {
    const [host, port] = p.behind.address.split(':');
    const sockets = new Set<Socket>();
    let refusals = 0;
    const relay = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      if (refusals-- > 0) return void socket.destroy();
      const behind = connect(Number(port), host).on('error', () => undefined);
      socket.pipe(behind).pipe(socket);
      socket.once('close', () => behind.destroy());
    });
    await once(relay.listen(0, '127.0.0.1'), 'listening');
    const { port: own } = relay.address() as AddressInfo;
    const lone = await startGateway(
      { ...p.env, NOEMA_SERVICES: `workspace=127.0.0.1:${own}` },
      { logger: silentLogger },
    );
    const get = async (): Promise<number> =>
      (
        await fetch(`http://${lone.address}/v1/projects/7`, {
          headers: { authorization: `Bearer ${token}` },
        })
      ).status;
    try {
      expect(await get()).toBe(200);
      refusals = 3;
      for (const socket of sockets) socket.destroy();
      expect(await Promise.all(Array.from({ length: 8 }, get))).toEqual(Array(8).fill(200));
      expect(refusals).toBeLessThan(1);
    } finally {
      await lone.close();
      for (const socket of sockets) socket.destroy();
      relay.close();
    }
  });

  it('refuses more requests than it can answer at once', async () => {
    const small = await startGateway({ ...p.env, NOEMA_MAX_REQUESTS: '1' }, { logger: silentLogger });
    let begun = false;
    let go = (): void => undefined;
    p.projects.onGet = () =>
      new Promise<void>((resolve) => {
        begun = true;
        go = resolve;
      });
    const first = fetch(`http://${small.address}/v1/projects/7`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await waitFor(() => begun);
    const second = await fetch(`http://${small.address}/v1/projects/7`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
    go();
    expect((await first).status).toBe(200);
    await small.close();
  });

  it('RELIABILITY 27: lets no team have all that it can answer at once', async () => {
    const small = await startGateway({ ...p.env, NOEMA_MAX_REQUESTS: '4' }, { logger: silentLogger });
    const begun: (() => void)[] = [];
    p.projects.onGet = () =>
      new Promise<void>((resolve) => {
        begun.push(resolve);
      });
    const ask = async (bearer: string) =>
      fetch(`http://${small.address}/v1/projects/7`, { headers: { authorization: `Bearer ${bearer}` } });
    const flood = [ask(token), ask(token)];
    await waitFor(() => begun.length === 2);
    const refused = await ask(token);
    expect([
      refused.status,
      refused.headers.get('retry-after'),
      ((await refused.json()) as { reason: string }).reason,
    ]).toEqual([429, '1', 'TEAM_BUSY']);
    const other = ask((await p.signer.sign({ teamId: uuidv7(), subject: 'bob', role: 'viewer' })).token);
    await waitFor(() => begun.length === 3);
    for (const go of begun) go();
    expect((await Promise.all([...flood, other])).map((r) => r.status)).toEqual([200, 200, 200]);
    await small.close();
  });

  it(
    'RELIABILITY 27: lets no team have all the streams, over REST and gRPC together, and gives the places ' +
      'back when they end',
    async () => {
      const small = await startPlatform({ NOEMA_MAX_REQUESTS: '4', NOEMA_DRAIN_MS: '100' });
      const [own, others] = [
        await small.signToken('viewer'),
        (await small.signer.sign({ teamId: uuidv7(), subject: 'bob', role: 'viewer' })).token,
      ];
      const leaving = new AbortController();
      const jobs = createClient(JobService, { address: small.gateway.grpcAddress, token: own });
      const watchByGrpc = () =>
        jobs
          .watchJob({ service: 'training', jobId: '7' }, { signal: leaving.signal })
          [Symbol.asyncIterator]()
          .next();
      const watch = async (bearer: string, signal = leaving.signal) => {
        const response = await fetch(`${small.base}/v1/training/jobs/7:watch`, {
          headers: { authorization: `Bearer ${bearer}` },
          signal,
        });
        return response.status === 200 ? 'watches' : ((await response.json()) as { reason: string }).reason;
      };
      try {
        await watchByGrpc();
        expect([await watch(own), await watch(own)]).toEqual(['watches', 'TEAM_BUSY']);
        await expect(watchByGrpc()).rejects.toMatchObject({ kind: 'exhausted', reason: 'TEAM_BUSY' });
        expect(await watch(others)).toBe('watches');
        leaving.abort();
        await waitFor(async () => (await watch(own, new AbortController().signal)) === 'watches', {
          what: 'places for the team once its streams have ended',
        });
      } finally {
        leaving.abort();
        jobs.close();
        await small.close();
      }
    },
  );

  it('notifies a watcher that its service shuts down, not that the job is done', async () => {
    const lone = await startPlatform();
    const response = await fetch(`${lone.base}/v1/training/jobs/7:watch`, {
      headers: { authorization: `Bearer ${await lone.signToken('viewer')}` },
    });
    await waitFor(() => lone.jobs.watchers === 1);
    await lone.behind.close();
    expect(await response.text()).toMatch(/event: problem\ndata: .*problem:unavailable.*SHUTTING_DOWN/);
    await lone.gateway.close();
  });

  it('finishes open requests when it is stopped, and names a port that is taken', async () => {
    const other = await startGateway(p.env, { logger: silentLogger });
    await expect(
      startGateway({ ...p.env, NOEMA_HTTP_ADDRESS: other.address }, { logger: silentLogger }),
    ).rejects.toMatchObject({ reason: 'ADDRESS_IN_USE', message: expect.stringContaining(other.address) });
    let begun = false;
    let finish = (): void => undefined;
    const closing = new Promise<void>((resolve) => (finish = resolve));
    p.projects.onGet = async () => {
      begun = true;
      await closing;
    };
    const answer = fetch(`http://${other.address}/v1/projects/7`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await waitFor(() => begun);
    const closed = other.close();
    finish();
    expect((await answer).status).toBe(200);
    await closed;
  });

  it('RELIABILITY 17: fails no request of clients that reuse their connections, and closes these', async () => {
    const other = await startGateway(p.env, { logger: silentLogger });
    const stop = new AbortController();
    let answered = 0;
    const client = async (): Promise<string[]> => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const url = `http://${other.address}/v1/projects/7`;
      const headers = { authorization: `Bearer ${token}` };
      for (;;) {
        const [response] = (await once(get(url, { agent, headers }), 'response')) as [IncomingMessage];
        response.resume();
        await once(response, 'end');
        answered++;
        if (response.statusCode !== 200 || response.headers.connection === 'close' || stop.signal.aborted)
          return [String(response.statusCode), response.headers.connection ?? ''];
      }
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    await waitFor(() => answered > 80);
    await other.close();
    stop.abort();
    expect(await clients).toEqual(Array.from({ length: 8 }, () => ['200', 'close']));
  });
});
