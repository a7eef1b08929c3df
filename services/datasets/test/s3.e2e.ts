import { createHash } from 'node:crypto';
import { artifactRefOf } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { ArtifactSweep } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import { createLogger } from '@noema/observability';
import { type FaultProxy, hasS3, startFaultProxy, waitFor } from '@noema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  OTHER_TEAM,
  PROJECT,
  reasonOf,
  type RunningDatasets,
  startDatasets,
  TEAM,
} from './running-datasets.js';

/** What has the same content is one version, so each test has its own number of samples. */
const CODE = (name: string, length = 200): string => `
export const integration = defineIntegration({
  name: '${name}',
  preprocess: () => ({ training: { length: ${length}, data: null } }),
  inputs: { x: ({ index }) => new Float32Array(2_000).fill(index) },
  groundTruths: { y: ({ index }) => oneHot(index % 2, 2) },
  metadata: { m: ({ index }) => index },
  predictions: { labels: ['a', 'b'] },
});`;
const joined = async (
  messages: AsyncIterable<{ body?: { data: Uint8Array } | undefined }>,
): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const { body } of messages) chunks.push(body!.data);
  return Buffer.concat(chunks);
};

describe.skipIf(!hasS3())('with an S3 store', () => {
  let running: RunningDatasets;
  let proxy: FaultProxy;
  const lines: string[] = [];
  beforeAll(async () => {
    running = await startDatasets({
      store: 's3',
      logger: createLogger({
        service: 'datasets',
        level: 'trace',
        destination: {
          write: (line) => {
            lines.push(line);
          },
        },
      }),
      settings: { NOEMA_STORE_CACHE_BYTES: '100000000' },
    });
    proxy = await startFaultProxy(endpoint());
  });
  afterEach(() => running.stopWorkers());
  afterAll(async () => {
    await running.stop();
    await proxy?.close();
  });
  const endpoint = (): string => new URL(running.bed.storeUrl).searchParams.get('endpoint')!;
  const stored = async (): Promise<string[]> => {
    const uris: string[] = [];
    for await (const { uri } of running.store.list('')) uris.push(uri);
    return uris;
  };
  const inputsOf = async (datasetVersionId: string): Promise<ArtifactRef> =>
    artifactRefOf((await running.api.versions.listShards({ datasetVersionId })).shards[0]!.inputs, 'inputs');

  it('a service gives out what its rows name, by address or as ranges, and to no other team', async () => {
    await running.startWorker();
    const { integration } = await running.register(CODE('downloads'));
    const { version } = await running.ingest(integration.id, 100);
    expect((await running.api.samples.listSamples({ datasetVersionId: version.id })).totalSize).toBe(200);
    const ref = await inputsOf(version.id);
    const { artifacts } = running.api;
    const request = { service: 'datasets', uri: ref.uri };
    const { url, artifact, expireTime } = await artifacts.createArtifactDownload(request);
    expect(artifactRefOf(artifact, 'artifact')).toEqual(ref);
    expect(Number(expireTime!.seconds) * 1000 - Date.now()).toBeLessThanOrEqual(900_000);
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(createHash('sha256').update(whole).digest('hex')).toBe(ref.sha256);
    expect(Buffer.compare(await joined(artifacts.readArtifact(request)), whole)).toBe(0);
    expect(
      Buffer.compare(
        await joined(artifacts.readArtifact({ ...request, offset: 1_000n, limit: 500_000n })),
        whole.subarray(1_000, 501_000),
      ),
    ).toBe(0);
    expect((await joined(artifacts.readArtifact({ ...request, offset: BigInt(ref.sizeBytes) }))).length).toBe(
      0,
    );
    for (const range of [{ offset: -1n }, { offset: BigInt(ref.sizeBytes) + 1n }, { limit: -1n }])
      expect(await reasonOf(joined(artifacts.readArtifact({ ...request, ...range })))).toBe(
        'invalid RANGE_INVALID',
      );

    const orphan = await running.store.put(`${TEAM}/${PROJECT}/dataset-versions/x/orphan`, whole, 'x/y');
    const strangers = running.as(OTHER_TEAM, 'admin').artifacts;
    for (const [caller, uri] of [
      [strangers, ref.uri],
      [artifacts, orphan.uri],
      [artifacts, ''],
      [artifacts, '../../etc/passwd'],
      [artifacts, `${ref.uri}' or '1'='1`],
    ] as const) {
      expect(await reasonOf(caller.createArtifactDownload({ service: 'datasets', uri }))).toBe(
        'not-found ARTIFACT_NOT_FOUND',
      );
      expect(await reasonOf(joined(caller.readArtifact({ service: 'datasets', uri })))).toBe(
        'not-found ARTIFACT_NOT_FOUND',
      );
    }
    expect(await reasonOf(artifacts.createArtifactDownload({ service: 'training', uri: ref.uri }))).toBe(
      'not-found ARTIFACT_SERVICE_UNKNOWN',
    );
    expect(lines.length).toBeGreaterThan(0);
    expect(
      lines.filter(
        (line) => line.includes('X-Amz') || line.includes(new URL(url).searchParams.get('X-Amz-Signature')!),
      ),
    ).toEqual([]);
  });

  it('RELIABILITY 9: while the store answers 500 the job waits and says why, no row names what is not ' +
    'there, and the job ends well once the store is back', async () => {
    await running.startWorker({ NOEMA_STORE_URL: `s3://noema-test?endpoint=${proxy.endpoint}` });
    const { integration } = await running.register(CODE('outage', 220));
    proxy.hurt(({ method, url }) =>
      method === 'PUT' && url?.includes('/inputs-') === true ? { answer: 500 } : undefined,
    );
    const { datasetVersion, job } = await running.api.versions.createDatasetVersion({
      projectId: PROJECT,
      integrationId: integration.id,
      shardSize: 100,
    });
    const state = async () => (await running.api.jobs.getJob({ service: 'datasets', jobId: job!.id })).job!;
    const log = async () =>
      (await running.api.jobs.listJobLogEntries({ service: 'datasets', jobId: job!.id })).entries;
    await waitFor(async () => (await state()).attempt > 1, { timeoutMs: 60_000 });
    expect((await log()).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /Attempt 1 failed \(outage 1 of at most 8\) and is repeated in 1 s: the artifact store failed/,
      ),
    );
    expect(
      (await running.api.versions.getDatasetVersion({ datasetVersionId: datasetVersion!.id })).datasetVersion,
    ).toMatchObject({ sampleCount: 0 });
    await expect(
      running.api.versions.listShards({ datasetVersionId: datasetVersion!.id }),
    ).rejects.toMatchObject({ reason: 'DATASET_VERSION_NOT_READY' });
    proxy.heal();
    await waitFor(async () => (await state()).state === JobState.SUCCEEDED, { timeoutMs: 90_000 });
    const ref = await inputsOf(datasetVersion!.id);
    expect((await running.store.get(ref)).length).toBe(ref.sizeBytes);
  }, 180_000);

  it('the sweeper removes from the bucket what no version names, and keeps what one does', async () => {
    const worker = await running.startWorker();
    const { integration } = await running.register(CODE('sweeping', 180));
    const first = await running.ingest(integration.id, 100);
    const again = await running.ingest(integration.id, 100);
    const below = (uris: readonly string[], id: string): number =>
      uris.filter((uri) => uri.includes(`/${id}/`)).length;
    const before = await stored();
    // five of the version, two of single shards
    expect([below(before, first.ingestionId), below(before, again.ingestionId)]).toEqual([7, 7]);
    await worker.app.get(ArtifactSweep).run({ graceMs: 0 });
    const after = await stored();
    expect([below(after, first.ingestionId), below(after, again.ingestionId)]).toEqual([5, 0]);
    expect((await running.api.samples.listSamples({ datasetVersionId: first.version.id })).totalSize).toBe(
      180,
    );
  });
});
