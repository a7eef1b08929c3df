import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PlatformProcess, startPlatformProcess } from '@noema/standalone';
import { walkBlobs } from '../src/blobs-platform.js';
import { OtlpReceiver, type ReceivedSpan } from '../src/otlp-receiver.js';
import { RestCaller } from '../src/rest-caller.js';

let collector: OtlpReceiver;
let platform: PlatformProcess;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let key: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  collector = await OtlpReceiver.listen();
  process.env['NOEMA_OTLP_ENDPOINT'] = collector.url;
  platform = await startPlatformProcess({ dataDir: directory.path, port: 0 });
  delete process.env['NOEMA_OTLP_ENDPOINT'];
  ({ api_key: key } = JSON.parse(readFileSync(join(directory.path, 'credentials.json'), 'utf8')) as {
    api_key: string;
  });
  await walkBlobs(new RestCaller(platform.url, key));
}, 180_000);
afterAll(async () => {
  await platform.stop();
  await collector.close();
  await directory.remove();
});

const steps = (path: readonly ReceivedSpan[]): string[] =>
  path.map(({ service, role, name }) => `${service}${role === 'worker' ? ' worker' : ''}: ${name}`);
/** A span of that name whose whole way from a root has arrived. */
const arrived = (name: string, of = ''): Promise<ReceivedSpan[]> =>
  waitFor(
    () => {
      const found = collector.spans
        .filter((span) => span.name === name && span.service.startsWith(of))
        .map((span) => collector.pathTo(span));
      return found.find((path) => path[0]!.parentId === '');
    },
    { what: `the way from a click to "${name}"` },
  );

it('is one from the click that begins a run to the engine, through events and workers, to the map', async () => {
  const path = steps(await arrived('shard projection.map/map', 'projection'));
  const wanted = [
    'gateway: POST /v1/projects/{project_id}/runs',
    'gateway: noema.training.v1.RunService/CreateRun',
    'training: noema.training.v1.RunService/CreateRun',
    'training: create training.run',
    'training worker: shard training.run/',
    'training worker: publish training.EpochCompleted',
    'activations: consume training.EpochCompleted',
    'activations: create activations.extract',
    'activations worker: shard activations.extract/',
    'activations worker: publish activations.ActivationSetReady',
    'similarity: consume activations.ActivationSetReady',
    'similarity: create similarity.build',
    'similarity worker: shard similarity.build/',
    'similarity worker: publish similarity.NeighborGraphReady',
    'projection: consume similarity.NeighborGraphReady',
    'projection: create projection.map',
    'projection worker: shard projection.map/map',
  ];
  let at = -1;
  for (const step of wanted) {
    const next = path.findIndex((found, i) => i > at && found.startsWith(step));
    expect(
      next,
      `${step} after\n${path.slice(0, at + 1).join('\n')}\nin\n${path.join('\n')}`,
    ).toBeGreaterThan(at);
    at = next;
  }
});
it('has the steps on the device, in the store and of an epoch below their shards', async () => {
  for (const [name, above] of [
    ['engine run', 'shard activations.extract/'],
    ['store put', 'shard activations.extract/'],
    ['train epoch', 'shard training.run/'],
  ] as const) {
    const found = await waitFor(
      () =>
        collector.spans
          .filter((span) => span.name === name)
          .map((span) => steps(collector.pathTo(span)))
          .find((path) => path.some((step) => step.includes(above))),
      { what: `${name} below ${above}` },
    );
    expect(found[0]).toBe('gateway: POST /v1/projects/{project_id}/runs');
  }
});
it('has one of its own for the ingestion, to the announcement', async () => {
  const path = steps(await arrived('publish datasets.DatasetVersionReady', 'datasets'));
  expect(path[0]).toBe('gateway: POST /v1/projects/{project_id}/dataset-versions');
  expect(path.some((step) => step.startsWith('datasets worker: shard datasets.ingest/'))).toBe(true);
});
it('reveals nothing about people: no team, no member, no key, no name', () => {
  const { team_id: team, member_id: member } = JSON.parse(
    readFileSync(join(directory.path, 'credentials.json'), 'utf8'),
  ) as { team_id: string; member_id: string };
  const text = JSON.stringify(collector.spans);
  for (const secret of [team, member, key, 'blobs']) expect(text).not.toContain(secret);
});
it('is in the answer to a refused request, by the id that logs and spans have', async () => {
  const answer = await new RestCaller(platform.url, key).raw(
    'GET',
    '/v1/projects/018f4c2e-0000-7000-8000-000000000000/runs?page_token=hunter2',
  );
  const {
    trace_id: traceId,
    instance,
    reason,
  } = (await answer.json()) as { trace_id: string; instance: string; reason: string };
  expect(answer.headers.get('x-trace-id')).toBe(traceId);
  expect(instance).toBe(`urn:noema:request:${answer.headers.get('x-request-id')!}`);
  const served = await waitFor(
    () => collector.spans.find((span) => span.traceId === traceId && span.service === 'training'),
    { what: 'the span of the service' },
  );
  expect(served.attributes).toMatchObject({ 'rpc.method': 'ListRuns', 'error.type': reason });
  const log = await waitFor(
    () =>
      readFileSync(join(directory.path, 'logs', 'gateway.jsonl'), 'utf8')
        .split('\n')
        .find((line) => line.includes(traceId) && line.includes('answered')),
    { what: 'the line of the request' },
  );
  expect(JSON.parse(log)).toMatchObject({
    level: 'info',
    route: '/v1/projects/{project_id}/runs',
    status: answer.status,
    request_id: answer.headers.get('x-request-id'),
    trace_id: traceId,
    reason,
    team_id: expect.any(String) as string,
  });
  expect(log).not.toContain('hunter2');
});
