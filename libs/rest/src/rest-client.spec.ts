import { create, toJson } from '@bufbuild/protobuf';
import { JobService, WatchJobResponseSchema } from '@noema/contracts/noema/jobs/v1/job_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { DomainError } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { PROBLEM_MEDIA_TYPE, toProblem } from './problem.js';
import { createRestClient } from './rest-client.js';
import { encodeEvent, EVENT_STREAM, HEARTBEAT } from './server-sent-events.js';

type Answer = (url: string, init: RequestInit) => Response | Promise<Response>;
const options = (answer: Answer) => ({
  baseUrl: 'http://noema/base/',
  token: 'key',
  backoffMs: 1,
  fetch: (async (url: string, init: RequestInit) => answer(url, init)) as typeof fetch,
});
const done = (n: number) =>
  encodeEvent({
    id: String(n),
    data: JSON.stringify(
      toJson(WatchJobResponseSchema, create(WatchJobResponseSchema, { job: { progress: { done: n } } })),
    ),
  });
const stream = (text: string) => new Response(text, { headers: { 'content-type': EVENT_STREAM } });

describe('createRestClient', () => {
  it('sends the token and reads the answer, unknown fields or not', async () => {
    const client = createRestClient(
      ProjectService,
      options((url, init) => {
        expect(url).toBe('http://noema/base/v1/projects/p');
        expect(init).toMatchObject({
          method: 'GET',
          headers: { authorization: 'Bearer key', accept: 'application/json' },
        });
        return Response.json({ project: { id: 'p', newer: 1 } });
      }),
    );
    expect((await client.getProject({ projectId: 'p' })).project?.id).toBe('p');
  });

  it('rethrows a problem as the DomainError that it was', async () => {
    const error = new DomainError('not-found', 'PROJECT_NOT_FOUND', 'no project p');
    const client = createRestClient(
      ProjectService,
      options(
        () =>
          new Response(JSON.stringify(toProblem(error)), {
            status: 404,
            headers: { 'content-type': PROBLEM_MEDIA_TYPE },
          }),
      ),
    );
    await expect(client.getProject({ projectId: 'p' })).rejects.toMatchObject({
      kind: 'not-found',
      reason: 'PROJECT_NOT_FOUND',
    });
  });

  it('says where no server answers, and when it took too long', async () => {
    const away = createRestClient(
      ProjectService,
      options(() => {
        throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
      }),
    );
    await expect(away.getProject({ projectId: 'p' })).rejects.toMatchObject({
      kind: 'unavailable',
      reason: 'GATEWAY_UNREACHABLE',
      message: expect.stringContaining('http://noema/base/v1/projects/p: ECONNREFUSED'),
    });
    const slow = createRestClient(
      ProjectService,
      options(
        (_, { signal }) =>
          new Promise((_ok, fail) => {
            signal?.throwIfAborted();
            signal?.addEventListener('abort', () => {
              fail(signal.reason as Error);
            });
          }),
      ),
    );
    await expect(slow.getProject({ projectId: 'p' }, { timeoutMs: 5 })).rejects.toMatchObject({
      kind: 'timeout',
    });
    await expect(slow.getProject({ projectId: 'p' }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });

  it('reads a picture with its media type and tag', async () => {
    const client = createRestClient(
      SampleService,
      options(
        () =>
          new Response(new Uint8Array([1, 2]), { headers: { 'content-type': 'image/png', etag: '"ab"' } }),
      ),
    );
    const answer = await client.getSampleVisual({
      datasetVersionId: 'v',
      split: 2,
      sampleId: '7',
      visualizer: 'image',
    });
    expect(answer).toMatchObject({
      etag: 'ab',
      body: { contentType: 'image/png', data: new Uint8Array([1, 2]) },
    });
  });

  it('goes on with a broken stream by Last-Event-ID', async () => {
    const asked: (string | undefined)[] = [];
    const answers = [done(1) + HEARTBEAT + done(2), '', done(3) + encodeEvent({ event: 'end', data: '{}' })];
    const client = createRestClient(
      JobService,
      options((_, { headers }) => {
        asked.push((headers as Record<string, string>)['last-event-id']);
        return stream(answers[asked.length - 1] ?? '');
      }),
    );
    const seen = [];
    for await (const { job } of client.watchJob({ service: 'training', jobId: 'j' }))
      seen.push(job?.progress?.done);
    expect(seen).toEqual([1, 2, 3]);
    expect(asked).toEqual([undefined, '2', '2']);
  });

  it('gives up after its attempts, and at once for what no retry heals', async () => {
    let calls = 0;
    const client = (text: string) =>
      createRestClient(JobService, { ...options(() => (calls++, stream(text))), streamAttempts: 3 });
    const read = async (text: string) => {
      for await (const _ of client(text).watchJob({ service: 's', jobId: 'j' })) continue;
    };
    await expect(read('')).rejects.toMatchObject({ kind: 'unavailable', reason: 'STREAM_BROKEN' });
    expect(calls).toBe(4);
    await expect(
      read(
        encodeEvent({
          event: 'problem',
          data: JSON.stringify(toProblem(new DomainError('not-found', 'JOB_NOT_FOUND', 'no job'))),
        }),
      ),
    ).rejects.toMatchObject({ reason: 'JOB_NOT_FOUND' });
    expect(calls).toBe(5);
  });

  it('closes the connection when its loop is left', async () => {
    let aborted = false;
    const client = createRestClient(
      JobService,
      options((_, { signal }) => {
        signal?.addEventListener('abort', () => {
          aborted = true;
        });
        return stream(done(1) + done(2));
      }),
    );
    for await (const { job } of client.watchJob({ service: 's', jobId: 'j' })) {
      expect(job?.progress?.done).toBe(1);
      break;
    }
    expect(aborted).toBe(true);
  });
});
