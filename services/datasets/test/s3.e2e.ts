import { createHash } from 'node:crypto';
import { parseS3Url, S3_LIMITS, S3Calls } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { ArtifactSweep } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import { createLogger } from '@noema/observability';
import { catchReason, type FaultProxy, hasS3, startFaultProxy, waitFor } from '@noema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OTHER_TEAM, PROJECT, type RunningDatasets, startDatasets, TEAM } from './running-datasets.js';

/** Code with the same content makes one version, so each test has its own number of samples. */
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
      settings: { NOEMA_STORE_CACHE_BYTES: '100000000', NOEMA_DATA_HOSTS: '127.0.0.1' },
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
  const findInputs = async (datasetVersionId: string): Promise<ArtifactRef> =>
    parseArtifactRef(
      (await running.api.versions.listShards({ datasetVersionId })).shards[0]!.inputs,
      'inputs',
    );

  describe('objects of a bucket', () => {
    const url = (prefix: string, host = endpoint()) => `s3://noema-test/${prefix}?endpoint=${host}`;
    const copy = (request: object, by = running.api) =>
      by.integrations.copyObjects({ projectId: PROJECT, secretName: 'bucket', ...request });
    const put = async (key: string, content: Buffer): Promise<void> => {
      const keys = { accessKey: 'noema-test', secretKey: 'noema-test-secret' };
      await new S3Calls(parseS3Url(url('')).location, keys, S3_LIMITS).put(key, content, {
        sha256: createHash('sha256').update(content).digest('hex'),
        mediaType: 'text/csv',
      });
    };

    it('are copied part by part, go on where they were, and are proposed as files are', async () => {
      const rows = Array.from({ length: 20_000 }, (_, i) => `${i},${'x'.repeat(300)},${i % 2}`);
      await put('own/trees/table.csv', Buffer.from(`x,note,label\n${rows.join('\n')}\n`));
      await put('own/trees-old/table.csv', Buffer.from('z\n1\n'));
      const request = { url: url('own/trees') };
      const first = await copy(request);
      expect(first).toMatchObject({ objectCount: 1, displayName: 'trees' });
      expect(first.parts).toHaveLength(first.partCount);
      expect(first.partCount).toBeGreaterThan(1);
      const { parts, listing } = await copy({ ...request, fromPart: 1, listing: first.listing });
      expect(parts).toEqual(first.parts.slice(1));
      const { proposal } = await running.api.integrations.proposeManifest({
        projectId: PROJECT,
        parts: first.parts,
      });
      expect(proposal).toMatchObject({ reader: 'table', recordCount: 20_000n });
      await put('own/trees/table.csv', Buffer.from('x,note,label\n1,2,a\n'));
      expect(await catchReason(copy({ ...request, fromPart: 0, listing: 'f'.repeat(64) }))).toBe(
        'conflict OBJECTS_CHANGED',
      );
      // the listing is known to this process, and the object has another size
      expect(await catchReason(copy({ ...request, listing }))).toBe('conflict OBJECTS_CHANGED');
    });

    it.each([
      [
        'a host that is not public',
        { url: 's3://pictures/x?endpoint=https://10.0.0.1' },
        'invalid DATA_HOST_REFUSED',
      ],
      [
        'a metadata service',
        { url: 's3://pictures/x?endpoint=http://169.254.169.254' },
        'invalid DATA_HOST_REFUSED',
      ],
      [
        'a name of a private address',
        { url: 's3://pictures/x?endpoint=https://localhost:1' },
        'invalid DATA_HOST_REFUSED',
      ],
      ['another scheme', { url: 'file:///etc/passwd' }, 'invalid STORE_URL_INVALID'],
      ['a secret that does not exist', { secretName: 'none' }, 'not-found SECRET_NOT_FOUND'],
      ['a secret of another form', { secretName: 'data-key' }, 'invalid SECRET_FORM_INVALID'],
      ['credentials that the store refuses', { secretName: 'stale' }, 'invalid OBJECTS_UNREADABLE'],
      ['a prefix without objects', {}, 'not-found S3_OBJECTS_NOT_FOUND'],
    ])('are refused: %s', async (_what, request, reason) => {
      expect(await catchReason(copy({ url: url('nothing/here'), ...request }))).toBe(reason);
    });

    it('are copied by editors, into their own projects', async () => {
      await put('own/one.csv', Buffer.from('x\n1\n'));
      const request = { url: url('own/one.csv') };
      expect(await catchReason(copy(request, running.as(TEAM, 'viewer')))).toBe('forbidden ROLE_TOO_LOW');
      expect(await catchReason(copy(request, running.as(OTHER_TEAM)))).toBe('not-found PROJECT_NOT_FOUND');
      const { parts } = await copy(request);
      const [content] = await Promise.all(
        parts.map((part) => running.store.get(parseArtifactRef(part, 'part'))),
      );
      expect(Buffer.from(content!).includes('x\n1\n')).toBe(true);
    });
  });

  it('a service gives out what its rows name, by address or as ranges, and to no other team', async () => {
    await running.startWorker();
    const { integration } = await running.register(CODE('downloads'));
    const { version } = await running.ingest(integration.id, 100);
    expect((await running.api.samples.listSamples({ datasetVersionId: version.id })).totalSize).toBe(200);
    const ref = await findInputs(version.id);
    const { artifacts } = running.api;
    const request = { service: 'datasets', uri: ref.uri };
    const { url, artifact, expireTime } = await artifacts.createArtifactDownload(request);
    expect(parseArtifactRef(artifact, 'artifact')).toEqual(ref);
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
      expect(await catchReason(joined(artifacts.readArtifact({ ...request, ...range })))).toBe(
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
      expect(await catchReason(caller.createArtifactDownload({ service: 'datasets', uri }))).toBe(
        'not-found ARTIFACT_NOT_FOUND',
      );
      expect(await catchReason(joined(caller.readArtifact({ service: 'datasets', uri })))).toBe(
        'not-found ARTIFACT_NOT_FOUND',
      );
    }
    expect(await catchReason(artifacts.createArtifactDownload({ service: 'training', uri: ref.uri }))).toBe(
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
    await waitFor(async () => (await state()).attempt > 1, { timeoutMs: 150_000 });
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
    await waitFor(async () => (await state()).state === JobState.SUCCEEDED, { timeoutMs: 150_000 });
    const ref = await findInputs(datasetVersion!.id);
    expect((await running.store.get(ref)).length).toBe(ref.sizeBytes);
  }, 180_000);

  it('the sweeper removes from the bucket what no version names, and keeps what one does', async () => {
    await running.startWorker();
    const { integration } = await running.register(CODE('sweeping', 180));
    const first = await running.ingest(integration.id, 100);
    const again = await running.ingest(integration.id, 100);
    const below = (uris: readonly string[], id: string): number =>
      uris.filter((uri) => uri.includes(`/${id}/`)).length;
    const before = await stored();
    // five of the version, two of single shards
    expect([below(before, first.ingestionId), below(before, again.ingestionId)]).toEqual([7, 7]);
    await running.service.app.get(ArtifactSweep).run({ graceMs: 0 });
    const after = await stored();
    expect([below(after, first.ingestionId), below(after, again.ingestionId)]).toEqual([5, 0]);
    expect((await running.api.samples.listSamples({ datasetVersionId: first.version.id })).totalSize).toBe(
      180,
    );
  });
});
