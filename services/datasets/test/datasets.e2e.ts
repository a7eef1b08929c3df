import { readBlobs, readMatrix, type StoredArtifact } from '@noema/artifacts';
import { tamper } from '@noema/artifacts/tampering';
import { parseArtifactRef } from '@noema/contracts';
import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { DatasetVersionReady } from '@noema/events';
import { ArtifactSweep, Host, startService } from '@noema/host';
import { deriveUuid } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { assertRowLevelSecurity } from '@noema/postgres';
import { sql } from 'kysely';
import { catchReason } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasets } from '../src/index.js';
import {
  OTHER_PROJECT,
  OTHER_TEAM,
  PROJECT,
  type RunningDatasets,
  startDatasets,
  TEAM,
} from './running-datasets.js';

const NUMBERS = `
const CLASSES = ['even', 'odd'];
export const integration = defineIntegration({
  name: 'numbers',
  preprocess: () => ({
    training: { length: 50, data: 0 },
    validation: { length: 20, data: 1000, ids: Array.from({ length: 20 }, (_, i) => 'held/' + i) },
    unlabeled: { length: 5, data: 2000 },
  }),
  inputs: {
    picture: ({ index, data }) => tensor(Float32Array.of(data + index, index, 0, 1), [2, 2, 1]),
    extra: ({ index }) => index,
  },
  groundTruths: { parity: ({ index }) => oneHot(index % 2, CLASSES) },
  metadata: {
    value: ({ index, data }) => data + index,
    half: ({ index }) => (index % 2 === 0 ? index / 2 : null),
    kind: ({ index }) => 'k' + index % 3,
    big: ({ index }) => index > 10,
  },
  visualizers: {
    picture: ({ index }) => image(tensor(Uint8Array.of(index, 0, 0, 255), [2, 2])),
    note: ({ id }) => text('number ' + id),
  },
  predictions: { labels: CLASSES },
});`;

let running: RunningDatasets;
beforeAll(async () => {
  running = await startDatasets();
  await running.startWorker();
});
afterAll(() => running.stop());

const stored = async (prefix = ''): Promise<StoredArtifact[]> => {
  const all: StoredArtifact[] = [];
  for await (const artifact of running.store.list(prefix)) all.push(artifact);
  return all;
};

describe('an integration', () => {
  it('is registered, listed, checked and deleted', async () => {
    const { integration } = await running.register(NUMBERS);
    expect(integration).toMatchObject({ displayName: 'numbers', projectId: PROJECT });
    expect(integration.digest).toMatch(/^[0-9a-f]{64}$/);
    const { integrations } = running.api;
    expect(
      (
        await integrations.listIntegrations({ projectId: PROJECT, filter: 'display_name = "numbers"' })
      ).integrations.map((i) => i.id),
    ).toContain(integration.id);
    const { report } = await integrations.checkIntegration({
      integrationId: integration.id,
      samplesPerSplit: 3,
    });
    expect(report).toMatchObject({
      passed: true,
      splitCounts: { training: 50, validation: 20, unlabeled: 5 },
      classNames: ['even', 'odd'],
      summary: 'All 10 handlers work on the 9 samples tried.',
    });
    expect(report!.handlers[1]).toMatchObject({
      name: 'picture',
      returned: 'float32[2, 2, 1] from 0 to 2003',
      checked: 9,
      spec: { dims: [2, 2, 1] },
    });
    await integrations.deleteIntegration({ integrationId: integration.id });
    expect(await catchReason(integrations.getIntegration({ integrationId: integration.id }))).toBe(
      'not-found INTEGRATION_NOT_FOUND',
    );
    expect(await catchReason(integrations.deleteIntegration({ integrationId: integration.id }))).toBe(
      'not-found INTEGRATION_NOT_FOUND',
    );
  });

  it('is refused when it cannot be loaded, with what and where', async () => {
    await expect(running.register('\nthrow new Error("no data folder");')).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'INTEGRATION_LOAD_FAILED',
      metadata: { line: '3' },
    });
    await expect(running.register('export const nothing = 1;')).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'INTEGRATION_NOT_EXPORTED',
    });
    const create = (value: string) =>
      running.api.integrations.createIntegration({
        projectId: PROJECT,
        source: { source: { case: 'modulePath', value } },
      });
    for (const path of ['relative.mjs', '/etc/passwd', '/nowhere/at/all.mjs', ''])
      expect(await catchReason(create(path))).toBe('invalid MODULE_PATH_INVALID');
    expect(await catchReason(running.api.integrations.createIntegration({ projectId: PROJECT }))).toBe(
      'invalid INTEGRATION_SOURCE_MISSING',
    );
    expect(
      await catchReason(
        running.api.integrations.createIntegration({
          projectId: PROJECT,
          source: { source: { case: 'mapping', value: {} } },
        }),
      ),
    ).toBe('unsupported INTEGRATION_SOURCE_UNSUPPORTED');
  });

  it('does not run unless the operator trusts it, or has what keeps it apart', async () => {
    const { NOEMA_TRUSTED_INTEGRATIONS: _, ...env } = running.env;
    const careful = await startService(
      datasets,
      { ...env, NOEMA_INTEGRATION_ISOLATION: 'none' },
      { logger: silentLogger },
    );
    const { integration, modulePath } = await running.register(NUMBERS);
    const { integrations, versions } = running.as(TEAM, 'editor', careful.address);
    const refused = 'precondition INTEGRATION_ISOLATION_UNAVAILABLE';
    expect(
      await catchReason(
        integrations.createIntegration({
          projectId: PROJECT,
          source: { source: { case: 'modulePath', value: modulePath } },
        }),
      ),
    ).toBe(refused);
    expect(await catchReason(integrations.checkIntegration({ integrationId: integration.id }))).toBe(refused);
    expect(
      await catchReason(versions.createDatasetVersion({ projectId: PROJECT, integrationId: integration.id })),
    ).toBe(refused);
    await careful.close();
  });
});

describe('a dataset version', () => {
  it('is ingested in shards, announced, read back, and the same input again is the same version', async () => {
    const { integration } = await running.register(NUMBERS);
    const { version, job, ingestionId } = await running.ingest(integration.id, 32);
    expect(job).toMatchObject({ state: JobState.SUCCEEDED, kind: 'datasets.ingest', subjectId: ingestionId });
    expect(version).toMatchObject({
      id: deriveUuid(PROJECT, version.contentDigest),
      state: JobState.SUCCEEDED,
      sampleCount: 75,
      shardSize: 32,
      classNames: ['even', 'odd'],
      displayName: 'numbers 1',
      splits: [
        { split: Split.TRAINING, count: 50, firstRow: 0 },
        { split: Split.VALIDATION, count: 20, firstRow: 50 },
        { split: Split.UNLABELED, count: 5, firstRow: 70 },
      ],
      inputs: [
        { name: 'picture', dims: [2, 2, 1] },
        { name: 'extra', dims: [] },
      ],
      groundTruths: [{ name: 'parity', dims: [2] }],
      visualizers: [
        { name: 'picture', mediaType: 'image/png' },
        { name: 'note', mediaType: 'text/plain; charset=utf-8' },
      ],
    });
    expect(
      version.metadataColumns.map(({ name, type, distinct, missing, min, max, values }) => ({
        name,
        type,
        distinct,
        missing,
        min,
        max,
        values,
      })),
    ).toEqual([
      { name: 'value', type: ColumnType.NUMBER, distinct: 75, missing: 0, min: 0, max: 2004, values: [] },
      { name: 'half', type: ColumnType.NUMBER, distinct: 25, missing: 37, min: 0, max: 24, values: [] },
      {
        name: 'kind',
        type: ColumnType.STRING,
        distinct: 3,
        missing: 0,
        min: undefined,
        max: undefined,
        values: ['k0', 'k1', 'k2'],
      },
      {
        name: 'big',
        type: ColumnType.BOOLEAN,
        distinct: 2,
        missing: 0,
        min: undefined,
        max: undefined,
        values: [],
      },
    ]);

    const { shards, nextPageToken } = await running.api.versions.listShards({
      datasetVersionId: version.id,
      pageSize: 2,
    });
    const rest = await running.api.versions.listShards({
      datasetVersionId: version.id,
      pageSize: 2,
      pageToken: nextPageToken,
    });
    const all = [...shards, ...rest.shards];
    expect(all.map((s) => [s.index, s.firstRow, s.rowCount])).toEqual([
      [0, 0, 32],
      [1, 32, 32],
      [2, 64, 11],
    ]);
    const inputs = readMatrix(await running.store.get(parseArtifactRef(all[1]!.inputs, 'inputs')));
    expect(inputs.float32('picture')).toMatchObject({ rows: 32, dims: [2, 2, 1] });
    expect([...inputs.float32('picture').data.subarray(18 * 4, 19 * 4)]).toEqual([1000, 0, 0, 1]);
    expect(inputs.float32('extra').data[1]).toBe(33);
    const truths = readMatrix(
      await running.store.get(parseArtifactRef(all[2]!.groundTruths, 'ground_truths')),
    ).float32('parity');
    expect([...truths.data.subarray(0, 4)]).toEqual([1, 0, 0, 1]);
    expect(truths.data.subarray(12).every(Number.isNaN)).toBe(true);
    expect(
      readBlobs(await running.store.get(parseArtifactRef(all[0]!.visuals, 'visuals'))).map((c) => [
        c.name,
        c.values.length,
      ]),
    ).toEqual([
      ['picture', 32],
      ['note', 32],
    ]);

    const host = running.service.app.get(Host);
    const announced = await host.database().run(TEAM, () =>
      sql<{
        body: { datasetVersionId: string };
      }>`select body from outbox where event = ${DatasetVersionReady.name}`.execute(host.database().tx()),
    );
    expect(announced.rows.filter((row) => row.body.datasetVersionId === version.id)).toHaveLength(1);

    const again = await running.ingest(integration.id, 32);
    expect(again.job.state).toBe(JobState.SUCCEEDED);
    expect(again.ingestionId).not.toBe(ingestionId);
    expect(again.version).toEqual(version);
    const listed = await running.api.versions.listDatasetVersions({
      projectId: PROJECT,
      filter: `integration_id = "${integration.id}"`,
    });
    expect(listed.datasetVersions.map((v) => v.id)).toEqual([version.id]);
    const otherShards = await running.ingest(integration.id, 64);
    expect(otherShards.version.id).not.toBe(version.id);
  });

  it('answers questions about its samples', async () => {
    const { integration } = await running.register(NUMBERS);
    const { version } = await running.ingest(integration.id, 32);
    const datasetVersionId = version.id;
    const { samples } = running.api;
    const list = async (request: object) => {
      const page = await samples.listSamples({ datasetVersionId, ...request });
      return {
        ids: page.samples.map((s) => s.ref!.sampleId),
        total: page.totalSize,
        token: page.nextPageToken,
      };
    };
    expect(
      await list({ filter: 'split = "validation" AND class_name = odd AND metadata.value >= 1015' }),
    ).toEqual({ ids: ['held/15', 'held/17', 'held/19'], total: 3, token: '' });
    expect(
      await list({ filter: 'split = unlabeled', orderBy: 'metadata.value desc', pageSize: 2 }),
    ).toMatchObject({ ids: ['4', '3'], total: 5 });
    expect(await list({ orderBy: 'metadata.half desc', pageSize: 2 })).toMatchObject({
      ids: ['48', '46'],
      total: 75,
    });
    expect(await list({ rows: [3, 51, 70], filter: 'metadata.big = false' })).toMatchObject({
      ids: ['3', 'held/1', '0'],
      total: 3,
    });
    const rows: number[] = [];
    for (let pageToken = ''; ; ) {
      const page = await samples.listSamples({
        datasetVersionId,
        filter: 'metadata.kind:"2"',
        pageSize: 10,
        pageToken,
      });
      rows.push(...page.samples.map((s) => s.row));
      pageToken = page.nextPageToken;
      if (pageToken === '') break;
    }
    expect(rows).toEqual([...Array(16).keys()].map((i) => 3 * i + 2).concat([52, 55, 58, 61, 64, 67, 72]));

    const { sample } = await samples.getSample({
      datasetVersionId,
      split: Split.VALIDATION,
      sampleId: 'held/4',
    });
    expect(sample).toMatchObject({
      ref: { split: Split.VALIDATION, sampleId: 'held/4' },
      row: 54,
      classIndex: 0,
      className: 'even',
      metadata: { value: 1004, half: 2, kind: 'k1', big: false },
    });
    const unlabeled = await samples.getSample({ datasetVersionId, split: Split.UNLABELED, sampleId: '1' });
    expect(unlabeled.sample).toMatchObject({
      row: 71,
      classIndex: -1,
      className: '',
      metadata: { value: 2001, kind: 'k1', big: false },
    });

    const visual = await samples.getSampleVisual({
      datasetVersionId,
      split: Split.VALIDATION,
      sampleId: 'held/4',
      visualizer: 'default',
    });
    expect(visual.body).toMatchObject({ contentType: 'image/png' });
    expect(Buffer.from(visual.body!.data).subarray(1, 4).toString()).toBe('PNG');
    const note = await samples.getSampleVisual({
      datasetVersionId,
      split: Split.VALIDATION,
      sampleId: 'held/4',
      visualizer: 'note',
    });
    expect(Buffer.from(note.body!.data).toString()).toBe('number held/4');
    expect(note.etag).toMatch(/^[0-9a-f]{64}$/);

    expect(await catchReason(samples.getSample({ datasetVersionId, split: Split.TEST, sampleId: '1' }))).toBe(
      'not-found SAMPLE_NOT_FOUND',
    );
    expect(await catchReason(samples.getSample({ datasetVersionId, sampleId: '1' }))).toBe(
      'invalid SPLIT_INVALID',
    );
    expect(
      await catchReason(
        samples.getSampleVisual({
          datasetVersionId,
          split: Split.VALIDATION,
          sampleId: 'held/4',
          visualizer: 'x',
        }),
      ),
    ).toBe('not-found VISUALIZER_NOT_FOUND');
    await expect(
      samples.listSamples({ datasetVersionId, filter: 'metadata.colour = 1' }),
    ).rejects.toMatchObject({ reason: 'FILTER_INVALID', metadata: { position: '1' } });
    expect(await catchReason(samples.listSamples({ datasetVersionId, orderBy: 'colour' }))).toBe(
      'invalid ORDER_BY_INVALID',
    );
    const { token } = await list({ pageSize: 1 });
    expect(
      await catchReason(samples.listSamples({ datasetVersionId, filter: 'row > 3', pageToken: token })),
    ).toBe('invalid PAGE_TOKEN_INVALID');
  });

  it('is deleted, and its artifacts after the grace of the sweeper', async () => {
    const { integration } = await running.register(
      NUMBERS.replace("'numbers'", "'doomed'").replace('length: 50', 'length: 51'),
    );
    const { version, ingestionId } = await running.ingest(integration.id, 32);
    expect((await stored(`${TEAM}/${PROJECT}/dataset-versions/${ingestionId}/`)).length).toBeGreaterThan(0);
    await running.api.versions.deleteDatasetVersion({ datasetVersionId: version.id });
    const sweep = running.service.app.get(ArtifactSweep);
    await sweep.run({ graceMs: 60_000 });
    expect((await stored(`${TEAM}/${PROJECT}/dataset-versions/${ingestionId}/`)).length).toBeGreaterThan(0);
    await sweep.run({ graceMs: -1_000 });
    expect(await stored(`${TEAM}/${PROJECT}/dataset-versions/${ingestionId}/`)).toEqual([]);
    for (const datasetVersionId of [version.id, ingestionId])
      expect(await catchReason(running.api.versions.getDatasetVersion({ datasetVersionId }))).toBe(
        'not-found DATASET_VERSION_NOT_FOUND',
      );
    const again = await running.ingest(integration.id, 32);
    expect(again.version.id).toBe(version.id);
  });

  it('RELIABILITY 7: is created once per request id', async () => {
    const { integration } = await running.register(NUMBERS);
    const request = { projectId: PROJECT, integrationId: integration.id, requestId: 'once' };
    const [first, second] = [
      await running.api.versions.createDatasetVersion(request),
      await running.api.versions.createDatasetVersion(request),
    ];
    expect(second.datasetVersion!.id).toBe(first.datasetVersion!.id);
    expect(second.job!.id).toBe(first.job!.id);
    expect(await catchReason(running.api.versions.createDatasetVersion({ ...request, shardSize: 8 }))).toBe(
      'exists REQUEST_ID_REUSED',
    );
  });

  it('refuses what makes no sense', async () => {
    const { integration } = await running.register(NUMBERS);
    const create = (request: object) =>
      catchReason(
        running.api.versions.createDatasetVersion({
          projectId: PROJECT,
          integrationId: integration.id,
          ...request,
        }),
      );
    expect(await create({ shardSize: -1 })).toBe('invalid SHARD_SIZE_INVALID');
    expect(await create({ shardSize: 100_000 })).toBe('invalid SHARD_SIZE_INVALID');
    expect(await create({ integrationId: 'x' })).toBe('not-found INTEGRATION_NOT_FOUND');
    expect(await create({ projectId: OTHER_PROJECT })).toBe('not-found INTEGRATION_NOT_FOUND');
  });

  it('RELIABILITY 11: a sample table or pictures that were changed in the store are DATA_LOSS', async () => {
    const { integration } = await running.register(
      NUMBERS.replace("'numbers'", "'damaged'").replace('length: 50', 'length: 49'),
    );
    const { version } = await running.ingest(integration.id);
    const { shards } = await running.api.versions.listShards({ datasetVersionId: version.id });
    for (const ref of [version.samples!, shards[0]!.visuals!])
      await tamper(running.bed, ref.uri, (bytes) => bytes.fill(0));
    expect(await catchReason(running.api.samples.listSamples({ datasetVersionId: version.id }))).toBe(
      'data-loss ARTIFACT_DAMAGED',
    );
    expect(await catchReason(running.api.samples.listSamples({ datasetVersionId: version.id }))).toBe(
      'data-loss ARTIFACT_MISSING',
    );
  });
});

it('RELIABILITY 28: for another team nothing of it exists, and a viewer changes nothing', async () => {
  const { integration } = await running.register(NUMBERS);
  const { version, ingestionId } = await running.ingest(integration.id);
  const [datasetVersionId, integrationId, split, sampleId] = [
    version.id,
    integration.id,
    Split.TRAINING,
    '1',
  ];
  const { integrations, versions, samples, jobs } = running.as(OTHER_TEAM, 'admin');
  const calls = [
    integrations.createIntegration({
      projectId: PROJECT,
      source: { source: { case: 'modulePath', value: '/x.mjs' } },
    }),
    integrations.getIntegration({ integrationId }),
    integrations.listIntegrations({ projectId: PROJECT }),
    integrations.deleteIntegration({ integrationId }),
    integrations.checkIntegration({ integrationId }),
    versions.createDatasetVersion({ projectId: PROJECT, integrationId }),
    versions.createDatasetVersion({ projectId: OTHER_PROJECT, integrationId }),
    versions.getDatasetVersion({ datasetVersionId }),
    versions.getDatasetVersion({ datasetVersionId: ingestionId }),
    versions.listDatasetVersions({ projectId: PROJECT }),
    versions.deleteDatasetVersion({ datasetVersionId }),
    versions.listShards({ datasetVersionId }),
    samples.listSamples({ datasetVersionId }),
    samples.getSample({ datasetVersionId, split, sampleId }),
    samples.getSampleVisual({ datasetVersionId, split, sampleId, visualizer: 'default' }),
    jobs.getJob({ service: 'datasets', jobId: version.jobId }),
  ];
  for (const reason of await Promise.all(calls.map(catchReason))) expect(reason).toMatch(/^not-found /);
  expect((await versions.listDatasetVersions({ projectId: OTHER_PROJECT })).datasetVersions).toEqual([]);
  const viewer = running.as(TEAM, 'viewer');
  const changes = [
    viewer.integrations.deleteIntegration({ integrationId }),
    viewer.versions.createDatasetVersion({ projectId: PROJECT, integrationId }),
    viewer.versions.deleteDatasetVersion({ datasetVersionId }),
  ];
  for (const reason of await Promise.all(changes.map(catchReason))) expect(reason).toMatch(/^forbidden /);
  expect((await viewer.samples.getSample({ datasetVersionId, split, sampleId })).sample!.row).toBe(1);
  await assertRowLevelSecurity(running.adminUrl, 'datasets');
});

it(
  'has shards of about 64 MiB when the request has no size, at most 2048 rows, and samples of any size are ' +
    'taken',
  async () => {
    const module = (name: string, numbers: number): string =>
      `export const integration = defineIntegration({ name: '${name}', preprocess: () => ({ training: { ` +
      `length: 70, data: null } }), inputs: { x: ({ index }) => new Float32Array(${numbers}).fill(index % ` +
      '7) }, groundTruths: {} });';
    const ingested = async (name: string, numbers: number) =>
      (await running.ingest((await running.register(module(name, numbers))).integration.id)).version;
    const large = await ingested('large', 2 ** 19);
    const { shards } = await running.api.versions.listShards({ datasetVersionId: large.id });
    expect(large).toMatchObject({ state: JobState.SUCCEEDED, sampleCount: 70, shardSize: 32 });
    expect(shards.map(({ firstRow, rowCount }) => [firstRow, rowCount])).toEqual([
      [0, 32],
      [32, 32],
      [64, 6],
    ]);
    expect(await ingested('small', 1)).toMatchObject({ state: JobState.SUCCEEDED, shardSize: 2048 });
  },
);
