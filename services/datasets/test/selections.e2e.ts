import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { Host } from '@noema/host';
import { selectRows } from '@noema/kernel';
import { assertRowLevelSecurity } from '@noema/postgres';
import { sql } from 'kysely';
import { catchReason } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OTHER_TEAM, PROJECT, type RunningDatasets, startDatasets, TEAM } from './running-datasets.js';

/**
 * 1,200 samples of 1,000 classes, ids that are hard to write into a path, labels that a page must not run,
 * metadata with gaps.
 */
const MANY = `
const CLASSES = Array.from({ length: 1000 }, (_, i) => i === 7 ? '<script>alert(1)</script>' : 'class ' + i);
const odd = ['a/b', 'ä%2F', 'x?y#z', '...', 'a b+c', '"quote\\'', '日本/語', '%'];
export const integration = defineIntegration({
  name: 'many',
  preprocess: () => ({
    training: { length: 1000, data: 0, ids: Array.from({ length: 1000 }, (_, i) => odd[i] ?? 's' + i) },
    unlabeled: { length: 200, data: 1 },
  }),
  inputs: { x: ({ index }) => index },
  groundTruths: { label: ({ index }) => oneHot(index, CLASSES) },
  metadata: {
    value: ({ index, data }) => data === 1 ? index / 10 : 1000 + index,
    gap: ({ index }) => index % 3 === 0 ? NaN : index % 3 === 1 ? null : index,
    tag: ({ index }) => index === 3 ? '<script>alert(1)</script>' : 't' + index % 4,
    even: ({ index }) => index % 2 === 0,
    flat: () => 5,
    text: ({ id }) => 'only ' + id,
  },
  visualizers: {}, predictions: { labels: CLASSES },
});`;

let running: RunningDatasets;
let datasetVersionId: string;
beforeAll(async () => {
  running = await startDatasets();
  await running.startWorker();
  const { version } = await running.ingest((await running.register(MANY)).integration.id, 500);
  datasetVersionId = version.id;
});
afterAll(() => running.stop());

const rows = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('the comparison of metadata', () => {
  it('ranks what sets the selected samples apart, and says by how much and whether it may be chance', async () => {
    const answer = await running.api.samples.compareMetadata({
      datasetVersionId,
      selection: { rows: rows(1000, 1200) },
    });
    expect(answer).toMatchObject({ selectedCount: 200, restCount: 1000 });
    expect(answer.columns.map((c) => [c.name, c.type])).toEqual(
      expect.arrayContaining([
        ['split', ColumnType.STRING],
        ['class_name', ColumnType.STRING],
        ['value', ColumnType.NUMBER],
        ['even', ColumnType.BOOLEAN],
      ]),
    );
    expect(answer.columns).toHaveLength(8);
    expect(new Set(answer.columns.slice(0, 2).map((c) => c.name))).toEqual(new Set(['split', 'value']));
    const [column] = ['value'].map((name) => answer.columns.find((c) => c.name === name)!);
    expect(column).toMatchObject({ difference: 1, selectedMean: expect.closeTo(9.95, 9), restMean: 1499.5 });
    expect(column!.pValue).toBeLessThan(1e-50);
    expect(column!.bins).toHaveLength(20);
    expect(column!.bins[0]).toMatchObject({ low: 0, selectedCount: 200, restCount: 0 });
    const split = answer.columns.find((c) => c.name === 'split')!;
    expect(split).toMatchObject({
      difference: 1,
      bins: [
        { value: 'training', selectedCount: 0, restCount: 1000 },
        { value: 'unlabeled', selectedCount: 200, restCount: 0 },
      ],
    });
    // Every text occurs once: the difference is the largest possible, and chance explains it.
    const text = answer.columns.find((c) => c.name === 'text')!;
    expect([text.difference, text.bins.length]).toEqual([expect.closeTo(1, 9), 20]);
    expect(text.pValue).toBeGreaterThan(0.3);
    expect(answer.columns.indexOf(text)).toBeGreaterThan(1);
    for (const name of ['flat', 'class_name'])
      expect(answer.columns.find((c) => c.name === name)).toMatchObject({ difference: 0, pValue: 1 });
    for (const c of answer.columns)
      for (const x of [
        c.difference,
        c.pValue,
        c.selectedMean,
        c.restMean,
        ...c.bins.flatMap((b) => [b.low, b.high]),
      ])
        expect(Number.isFinite(x), c.name).toBe(true);
  });
  it('of one sample, of all samples, of none', async () => {
    const one = await running.api.samples.compareMetadata({ datasetVersionId, selection: { rows: [3] } });
    expect(one.columns.find((c) => c.name === 'tag')!.bins.find((b) => b.selectedCount > 0)).toMatchObject({
      value: '<script>alert(1)</script>',
    });
    const all = await running.api.samples.compareMetadata({
      datasetVersionId,
      selection: { bitmap: new Uint8Array(150).fill(255) },
    });
    expect(all).toMatchObject({ selectedCount: 1200, restCount: 0 });
    expect(all.columns.every((c) => c.difference === 0 && c.pValue === 1)).toBe(true);
    expect(await catchReason(running.api.samples.compareMetadata({ datasetVersionId }))).toBe(
      'invalid SELECTION_MISSING',
    );
    expect(
      await catchReason(
        running.api.samples.compareMetadata({ datasetVersionId, selection: { rows: [1200] } }),
      ),
    ).toBe('invalid ROW_INVALID');
    expect(
      await catchReason(
        running
          .as(OTHER_TEAM, 'admin')
          .samples.compareMetadata({ datasetVersionId, selection: { rows: [1] } }),
      ),
    ).toBe('not-found DATASET_VERSION_NOT_FOUND');
  });
});

describe('a slice', () => {
  const create = (request: object) => running.api.slices.createSlice({ datasetVersionId, ...request });

  it('of rows or of a filter is made, read, listed, renamed and deleted', async () => {
    const { slice: ofRows } = await create({
      displayName: ' lasso ',
      description: 'what I saw',
      selection: { rows: [1199, 0, 9] },
    });
    expect(ofRows).toMatchObject({
      datasetVersionId,
      projectId: PROJECT,
      displayName: 'lasso',
      description: 'what I saw',
      filter: '',
      sampleCount: 3,
      createdBy: 'ann',
      bitmap: new Uint8Array(0),
    });
    const { slice: ofFilter } = await create({
      displayName: 'small',
      filter: 'metadata.value < 5 AND metadata.even = true',
    });
    expect(ofFilter).toMatchObject({
      filter: 'metadata.value < 5 AND metadata.even = true',
      sampleCount: 25,
    });
    const got = (await running.api.slices.getSlice({ sliceId: ofFilter!.id })).slice!;
    expect([...selectRows({ rows: [], bitmap: got.bitmap }, 1200)]).toEqual(
      Array.from({ length: 25 }, (_, i) => 1000 + 2 * i),
    );
    expect([
      ...selectRows(
        { rows: [], bitmap: (await running.api.slices.getSlice({ sliceId: ofRows!.id })).slice!.bitmap },
        1200,
      ),
    ]).toEqual([0, 9, 1199]);

    const first = await running.api.slices.listSlices({ datasetVersionId, pageSize: 1 });
    const second = await running.api.slices.listSlices({
      datasetVersionId,
      pageSize: 1,
      pageToken: first.nextPageToken,
    });
    expect([...first.slices, ...second.slices].map((s) => [s.displayName, s.bitmap.length])).toEqual([
      ['small', 0],
      ['lasso', 0],
    ]);
    expect(second.nextPageToken).toBe('');

    const { slice: renamed } = await running.api.slices.updateSlice({
      slice: { id: ofRows!.id, displayName: 'renamed', description: 'ignored' },
      updateMask: { paths: ['display_name'] },
    });
    expect(renamed).toMatchObject({ displayName: 'renamed', description: 'what I saw', sampleCount: 3 });
    expect(Number(renamed!.updateTime!.seconds)).toBeGreaterThanOrEqual(Number(renamed!.createTime!.seconds));
    expect(
      await catchReason(
        running.api.slices.updateSlice({
          slice: { id: ofRows!.id, displayName: 'small' },
          updateMask: { paths: ['display_name'] },
        }),
      ),
    ).toBe('exists SLICE_NAME_TAKEN');
    expect(
      await catchReason(
        running.api.slices.updateSlice({
          slice: { id: ofRows!.id, filter: 'row = 1' },
          updateMask: { paths: ['filter'] },
        }),
      ),
    ).toBe('precondition SLICE_HAS_ROWS');
    const { slice: filtered } = await running.api.slices.updateSlice({
      slice: { id: ofFilter!.id, filter: 'row < 7' },
      updateMask: { paths: ['filter'] },
    });
    expect(filtered).toMatchObject({ displayName: 'small', filter: 'row < 7', sampleCount: 7 });
    expect((await running.api.slices.getSlice({ sliceId: ofFilter!.id })).slice).toMatchObject({
      filter: 'row < 7',
      bitmap: { 0: 0b1111111, 1: 0 },
    });
    for (const { id } of [ofRows!, ofFilter!]) await running.api.slices.deleteSlice({ sliceId: id });
    expect(await catchReason(running.api.slices.getSlice({ sliceId: ofRows!.id }))).toBe(
      'not-found SLICE_NOT_FOUND',
    );
    expect(await catchReason(running.api.slices.deleteSlice({ sliceId: ofRows!.id }))).toBe(
      'not-found SLICE_NOT_FOUND',
    );
  });

  it('is refused with a reason when it makes no sense', async () => {
    const refusal = (request: object) => catchReason(create({ displayName: 'x', ...request }));
    expect(await refusal({})).toBe('invalid SLICE_SOURCE_MISSING');
    expect(await refusal({ filter: '  ' })).toBe('invalid SLICE_SOURCE_MISSING');
    expect(await refusal({ filter: 'row = 1', selection: { rows: [1] } })).toBe(
      'invalid SLICE_SOURCE_AMBIGUOUS',
    );
    expect(await refusal({ filter: 'row > 5000' })).toBe('invalid SLICE_EMPTY');
    expect(await refusal({ filter: 'metadata.value >' })).toBe('invalid FILTER_INVALID');
    expect(await refusal({ filter: 'metadata.colour = 1' })).toBe('invalid FILTER_INVALID');
    expect(await refusal({ selection: {} })).toBe('invalid SELECTION_MISSING');
    expect(await refusal({ selection: { rows: [-1] } })).toBe('invalid ROW_INVALID');
    expect(await refusal({ selection: { rows: [1] }, displayName: ' ' })).toBe(
      'invalid DISPLAY_NAME_INVALID',
    );
    expect(await refusal({ selection: { rows: [1] }, description: 'x'.repeat(10_001) })).toBe(
      'invalid DESCRIPTION_TOO_LONG',
    );
    expect(
      await catchReason(
        running.api.slices.createSlice({ datasetVersionId: 'x', displayName: 'x', filter: 'row = 1' }),
      ),
    ).toBe('not-found DATASET_VERSION_NOT_FOUND');
  });

  it('has a name of its own, also when two ask at once; the same request id is the same slice', async () => {
    const request = { displayName: 'twice', selection: { rows: [1, 2] } };
    const outcomes = await Promise.all([create(request), create(request)].map(catchReason));
    expect(outcomes.sort()).toEqual(['exists SLICE_NAME_TAKEN', 'no error']);
    const once = { displayName: 'once', filter: 'row < 10', requestId: 'r1' };
    const [first, second] = [await create(once), await create(once)];
    expect(second).toEqual(first);
    expect(await catchReason(create({ ...once, filter: 'row < 11' }))).toBe('exists REQUEST_ID_REUSED');
  });

  it('gets the rows of callers that tag at once, and refuses rows where a filter decides', async () => {
    const { slice } = await create({ displayName: 'tag', selection: { rows: [7] } });
    const sliceId = slice!.id;
    await Promise.all(
      rows(0, 8).map((row) =>
        running.api.slices.updateSlice({ slice: { id: sliceId }, add: { rows: [100 + row] } }),
      ),
    );
    const { slice: changed } = await running.api.slices.updateSlice({
      slice: { id: sliceId, description: 'to look at' },
      remove: { bitmap: Uint8Array.of(0x80) },
    });
    expect(changed).toMatchObject({ displayName: 'tag', description: 'to look at', sampleCount: 8 });
    const { bitmap } = (await running.api.slices.getSlice({ sliceId })).slice!;
    expect([...selectRows({ rows: [], bitmap }, 1200)]).toEqual(rows(100, 108));
    const refusal = (request: object) =>
      catchReason(running.api.slices.updateSlice({ slice: { id: sliceId }, ...request }));
    expect(await refusal({ add: { rows: [1200] } })).toBe('invalid ROW_INVALID');
    expect(await refusal({ remove: { rows: rows(100, 108) } })).toBe('precondition SLICE_WOULD_BE_EMPTY');
    expect(await refusal({ add: { rows: [1] }, remove: { rows: [1] } })).toBe(
      'invalid ROW_ADDED_AND_REMOVED',
    );
    const { slice: kept } = await create({ displayName: 'kept', filter: 'row < 10' });
    expect(
      await catchReason(running.api.slices.updateSlice({ slice: { id: kept!.id }, add: { rows: [11] } })),
    ).toBe('precondition SLICE_HAS_FILTER');
  });

  it('goes with its dataset version', async () => {
    const { version } = await running.ingest(
      (await running.register(MANY.replace("'many'", "'doomed'").replace('() => 5', '() => 6'))).integration
        .id,
    );
    const { slice } = await running.api.slices.createSlice({
      datasetVersionId: version.id,
      displayName: 'x',
      selection: { rows: [1] },
    });
    await running.api.versions.deleteDatasetVersion({ datasetVersionId: version.id });
    expect(await catchReason(running.api.slices.getSlice({ sliceId: slice!.id }))).toBe(
      'not-found SLICE_NOT_FOUND',
    );
  });

  it('RELIABILITY 28: is not there for another team, and a viewer only looks', async () => {
    const { slice } = await create({ displayName: 'ours', selection: { rows: [5] } });
    const sliceId = slice!.id;
    const other = running.as(OTHER_TEAM, 'admin').slices;
    const calls = [
      other.getSlice({ sliceId }),
      other.deleteSlice({ sliceId }),
      other.updateSlice({ slice: { id: sliceId, displayName: 'mine' } }),
      other.updateSlice({ slice: { id: sliceId }, add: { rows: [1] } }),
      other.listSlices({ datasetVersionId }),
      other.createSlice({ datasetVersionId, displayName: 'x', selection: { rows: [1] } }),
    ];
    for (const reason of await Promise.all(calls.map(catchReason))) expect(reason).toMatch(/^not-found /);
    const viewer = running.as(TEAM, 'viewer').slices;
    expect((await viewer.getSlice({ sliceId })).slice!.sampleCount).toBe(1);
    const changes = [
      viewer.createSlice({ datasetVersionId, displayName: 'y', selection: { rows: [1] } }),
      viewer.updateSlice({ slice: { id: sliceId, displayName: 'y' } }),
      viewer.updateSlice({ slice: { id: sliceId }, add: { rows: [1] } }),
      viewer.deleteSlice({ sliceId }),
    ];
    for (const reason of await Promise.all(changes.map(catchReason))) expect(reason).toMatch(/^forbidden /);
    await assertRowLevelSecurity(running.adminUrl, 'datasets');
    const db = running.service.app.get(Host).database();
    expect(
      (
        await db.run(OTHER_TEAM, () =>
          sql`select 1 from slice union all select 1 from slice_entry`.execute(db.tx()),
        )
      ).rows,
    ).toEqual([]);
  });
});

it('the names of samples and classes come back unchanged', async () => {
  const { samples } = await running.api.samples.listSamples({ datasetVersionId, pageSize: 8 });
  expect(samples.map((s) => s.ref!.sampleId)).toEqual([
    'a/b',
    'ä%2F',
    'x?y#z',
    '...',
    'a b+c',
    '"quote\'',
    '日本/語',
    '%',
  ]);
  expect(samples[7]).toMatchObject({ className: '<script>alert(1)</script>' });
  expect(samples.map((s) => s.metadata?.['gap'])).toEqual([
    undefined,
    undefined,
    2,
    undefined,
    undefined,
    5,
    undefined,
    undefined,
  ]);
  for (const { ref } of samples)
    expect(
      (await running.api.samples.getSample({ datasetVersionId, split: ref!.split, sampleId: ref!.sampleId }))
        .sample!.ref,
    ).toEqual(ref);
  expect(
    (
      await running.api.samples.listSamples({
        datasetVersionId,
        filter: 'class_name = "<script>alert(1)</script>" OR metadata.value > 1e300',
      })
    ).totalSize,
  ).toBe(1);
});
