import { type Port, selectRows, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { oneVersion, readyVersion } from '../../test/ready-version.js';
import type { SliceWithRows } from './slice.js';
import type { SliceRepository } from './slice.repository.js';
import { type NewSlice, SliceService } from './slice.service.js';

const ann = { teamId: 'team', subject: 'ann' };
const version = readyVersion();
const rows = (...list: number[]) => ({ rows: list, bitmap: new Uint8Array() });
const named = { displayName: 'hard ones', description: '', filter: '' };

/** Rows that meet the filter of a test. */
let matching: Uint8Array;
let service: SliceService;

function memorySlices(): Port<SliceRepository> {
  const stored = new Map<string, SliceWithRows>();
  return {
    insert: (slice) => Promise.resolve(void stored.set(slice.id, slice)),
    find: (id) => Promise.resolve(stored.get(id)),
    lock: (id) => Promise.resolve(stored.get(id)),
    list: () => Promise.resolve({ items: [...stored.values()], nextPageToken: '' }),
    update: (slice) => Promise.resolve(void stored.set(slice.id, { ...stored.get(slice.id)!, ...slice })),
    delete: (id) => Promise.resolve(stored.delete(id)),
  };
}

beforeEach(() => {
  matching = Uint8Array.of(0b101);
  service = new SliceService(memoryWork, memorySlices(), oneVersion(version), {
    matching: () => Promise.resolve(matching),
  });
});

const create = async (change: Partial<NewSlice> = { selection: rows(9, 0) }): Promise<SliceWithRows> =>
  service.create(ann, await service.prepare(ann.teamId, version.id, { ...named, ...change }));

describe('a new slice', () => {
  it('of rows has one bit for each, in a mask of the whole population', async () => {
    const { bitmap, ...slice } = await create();
    expect(slice).toMatchObject({
      ...{ datasetVersionId: version.id, projectId: version.projectId },
      ...{ displayName: 'hard ones', filter: '', sampleCount: 2, createdBy: 'ann' },
    });
    expect(bitmap).toHaveLength(75);
    expect([...bitmap.slice(0, 2)]).toEqual([1, 2]);
  });

  it('of a filter has the rows that meet it, and keeps the filter', async () => {
    expect(await create({ filter: ' class_index = 1 ' })).toMatchObject({
      filter: 'class_index = 1',
      sampleCount: 2,
    });
  });

  it.each([
    ['SLICE_SOURCE_MISSING', { filter: ' ' }],
    ['SLICE_SOURCE_AMBIGUOUS', { filter: 'row = 1', selection: rows(1) }],
    ['ROW_INVALID', { selection: rows(600) }],
    ['FILTER_INVALID', { filter: 'height > 2' }],
    ['DISPLAY_NAME_INVALID', { selection: rows(1), displayName: ' ' }],
    ['DESCRIPTION_TOO_LONG', { selection: rows(1), description: 'x'.repeat(10_001) }],
  ])('is refused with %s', async (reason, change) => {
    await expect(create(change)).rejects.toMatchObject({ reason });
  });

  it('is refused when no sample meets its filter', async () => {
    matching = new Uint8Array(75);
    await expect(create({ filter: 'row = 1' })).rejects.toMatchObject({ reason: 'SLICE_EMPTY' });
  });
});

describe('a slice', () => {
  it('changes only what a request names', async () => {
    const { id, createTime } = await create();
    const changed = await service.update(ann.teamId, id, { description: 'often confused' });
    expect(changed).toMatchObject({ displayName: 'hard ones', description: 'often confused', createTime });
    expect(await service.get(ann.teamId, id)).toMatchObject({
      description: 'often confused',
      sampleCount: 2,
    });
    await expect(service.update(ann.teamId, id, { description: 'x'.repeat(10_001) })).rejects.toMatchObject({
      reason: 'DESCRIPTION_TOO_LONG',
    });
  });

  it('gets rows and loses rows in one step', async () => {
    const { id } = await create();
    const changed = await service.update(ann.teamId, id, { add: rows(1, 9, 599), remove: rows(0, 5) });
    expect(changed).toMatchObject({ displayName: 'hard ones', sampleCount: 3 });
    expect([...selectRows({ rows: [], bitmap: (await service.get(ann.teamId, id)).bitmap }, 600)]).toEqual([
      1, 9, 599,
    ]);
  });

  it.each([
    ['ROW_ADDED_AND_REMOVED', { add: rows(3, 11), remove: rows(4, 11) }],
    ['ROW_INVALID', { add: rows(600) }],
    ['SELECTION_MISSING', { remove: rows() }],
    ['SLICE_WOULD_BE_EMPTY', { remove: rows(0, 9) }],
  ])('keeps its rows when a change is refused with %s', async (reason, change) => {
    const { id } = await create();
    await expect(service.update(ann.teamId, id, change)).rejects.toMatchObject({ reason });
    expect((await service.get(ann.teamId, id)).sampleCount).toBe(2);
  });

  it('of a filter can be renamed; its rows stay', async () => {
    const { id } = await create({ filter: 'class_index = 1' });
    expect(await service.update(ann.teamId, id, { displayName: 'ones' })).toMatchObject({ sampleCount: 2 });
    await expect(service.update(ann.teamId, id, { add: rows(1) })).rejects.toMatchObject({
      reason: 'SLICE_HAS_FILTER',
    });
  });

  it('of a filter gets the rows of a new filter', async () => {
    const { id } = await create({ filter: 'class_index = 1' });
    matching = Uint8Array.of(0b1011);
    expect(await service.update(ann.teamId, id, { filter: ' class_index = 2 ' })).toMatchObject({
      displayName: 'hard ones',
      filter: 'class_index = 2',
      sampleCount: 3,
    });
    expect([...(await service.get(ann.teamId, id)).bitmap]).toEqual([0b1011]);
  });

  it('keeps its rows when a request repeats its filter', async () => {
    const { id } = await create({ filter: 'class_index = 1' });
    matching = Uint8Array.of(1);
    const changed = await service.update(ann.teamId, id, { displayName: 'ones', filter: 'class_index = 1' });
    expect(changed).toMatchObject({ displayName: 'ones', sampleCount: 2 });
    const rowsOnly = await create();
    expect(await service.update(ann.teamId, rowsOnly.id, { filter: '' })).toMatchObject({ sampleCount: 2 });
  });

  it.each([
    ['SLICE_HAS_ROWS', {}, 'class_index = 2'],
    ['SLICE_FILTER_MISSING', { filter: 'class_index = 1' }, ' '],
    ['FILTER_INVALID', { filter: 'class_index = 1' }, 'height > 2'],
    ['SLICE_EMPTY', { filter: 'class_index = 1' }, 'class_index = 2'],
  ])('refuses a new filter with %s', async (reason, source, filter) => {
    const { id } = await create('filter' in source ? source : { selection: rows(9, 0) });
    matching = new Uint8Array(75);
    await expect(service.update(ann.teamId, id, { filter })).rejects.toMatchObject({ reason });
    expect((await service.get(ann.teamId, id)).sampleCount).toBe(2);
  });

  it('is listed with its dataset version', async () => {
    const { id } = await create();
    const page = { pageSize: 0, pageToken: '' };
    expect((await service.list(ann.teamId, version.id, page)).items.map((each) => each.id)).toEqual([id]);
    await expect(service.list(ann.teamId, uuidv7(), page)).rejects.toMatchObject({
      reason: 'DATASET_VERSION_NOT_FOUND',
    });
  });

  it('does not exist after it was deleted', async () => {
    const { id } = await create();
    await service.delete(ann.teamId, id);
    await expect(service.get(ann.teamId, id)).rejects.toMatchObject({ reason: 'SLICE_NOT_FOUND' });
    await expect(service.delete(ann.teamId, id)).rejects.toMatchObject({ reason: 'SLICE_NOT_FOUND' });
  });

  it.each([uuidv7(), 'no id'])('does not exist under the id %s', async (id) => {
    await expect(service.get(ann.teamId, id)).rejects.toMatchObject({ reason: 'SLICE_NOT_FOUND' });
    await expect(service.update(ann.teamId, id, {})).rejects.toMatchObject({ reason: 'SLICE_NOT_FOUND' });
  });
});
