import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import { artifacts, finishedSet, ROWS, shards } from '../../test/memory.js';
import type { ActivationSetArtifactStore } from '../activation-set/activation-set-artifacts.store.js';
import { UnitService } from './unit.service.js';
import { UnitColumns } from './unit-columns.js';
import { UnitProfiler } from './unit-profiler.js';

const TEAM = 'team';
const set = finishedSet();
const stored = artifacts as unknown as ActivationSetArtifactStore;
const shardSource = { of: () => Promise.resolve([...shards]) };
const metadata = {
  of: () =>
    Promise.resolve([{ name: 'ink', kind: 'number', values: Float64Array.of(0, 1, 2, 3, 4, 5) } as const]),
};
const populations = {
  version: () =>
    Promise.resolve({
      id: set.datasetVersionId,
      projectId: set.projectId,
      isReady: true,
      sampleCount: ROWS,
      shardSize: 3,
      classNames: ['x', 'y', 'z'],
      splits: [],
      inputs: [],
      groundTruths: [],
      samples: undefined,
    }),
  addresses: (_team: string, _version: string, rows: readonly number[]) =>
    Promise.resolve(new Map(rows.map((row) => [row, { split: 'test', sampleId: String(row) } as const]))),
};
const service = new UnitService(
  { getReady: () => Promise.resolve(set) },
  populations,
  metadata,
  stored,
  new UnitColumns(memoryWork, shardSource, stored),
  new UnitProfiler(memoryWork, shardSource, populations, metadata, stored),
);
const query = { pageSize: 0, pageToken: '', orderBy: '' };

describe('the units of a layer', () => {
  it('have the statistics of their column, and say which were dropped', async () => {
    const { items } = await service.list(TEAM, set.id, 'b', query);
    expect(items).toMatchObject([
      { layer: 'b', unit: 0, mean: 5, dropped: true },
      { layer: 'b', unit: 1, mean: 0.5, min: 0, max: 1, dropped: false },
    ]);
  });

  it('come in the order and in the pages of the request', async () => {
    const first = await service.list(TEAM, set.id, 'b', { ...query, orderBy: 'mean', pageSize: 1 });
    expect(first.items).toMatchObject([{ unit: 1 }]);
    const { nextPageToken: pageToken } = first;
    const second = await service.list(TEAM, set.id, 'b', { orderBy: 'mean', pageSize: 1, pageToken });
    expect(second).toMatchObject({ items: [{ unit: 0 }], nextPageToken: '' });
  });

  it('are refused for an unknown layer', async () => {
    await expect(service.list(TEAM, set.id, uuidv7(), query)).rejects.toMatchObject({
      reason: 'LAYER_NOT_FOUND',
    });
  });
});

describe('a unit', () => {
  it('has its strongest samples first, its classes and its relation to the metadata', async () => {
    const unit = await service.get(TEAM, set.id, 'a', 0, { bins: 2, top: 2 });
    expect(unit.topSamples).toEqual([
      { row: 5, response: 5, maxResponse: 10, address: { split: 'test', sampleId: '5' } },
      { row: 4, response: 4, maxResponse: 8, address: { split: 'test', sampleId: '4' } },
    ]);
    expect(unit.histogram.map(({ count }) => count)).toEqual([3, 3]);
    expect(unit.classes.map(({ className, mean }) => [className, mean])).toEqual([
      ['x', 1.5],
      ['y', 2.5],
      ['z', 3.5],
    ]);
    expect(unit.metadata).toMatchObject([{ name: 'ink' }]);
  });

  it('is the same one in a page of units', async () => {
    const { items } = await service.listPages(TEAM, set.id, 'a', query);
    expect(items).toEqual([await service.get(TEAM, set.id, 'a', 0)]);
  });

  it.each([
    [2, {}, 'UNIT_NOT_FOUND'],
    [0, { bins: 0 }, 'UNIT_QUERY_INVALID'],
    [0, { top: 201 }, 'UNIT_QUERY_INVALID'],
  ])('is refused: unit %d with %j', async (unit, options, reason) => {
    await expect(service.get(TEAM, set.id, 'b', unit, options)).rejects.toMatchObject({ reason });
  });
});
