import { memoryWork } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import { artifacts, finishedSet, shards } from '../../test/memory.js';
import { type ComparisonQuery, UnitComparisonService } from './unit-comparison.service.js';

const set = finishedSet();
const service = new UnitComparisonService(
  memoryWork,
  { getReady: () => Promise.resolve(set) },
  { of: () => Promise.resolve([...shards]) },
  artifacts,
);
const compare = (over: Partial<ComparisonQuery> = {}) =>
  service.compare('team', set.id, {
    selection: { rows: [1, 3, 5], bitmap: new Uint8Array() },
    layers: [],
    signal: new AbortController().signal,
    ...over,
  });

describe('a comparison of units', () => {
  it('puts the unit first whose responses differ most between the selected rows and the rest', async () => {
    const { units, selectedCount, restCount } = await compare();
    expect({ selectedCount, restCount }).toEqual({ selectedCount: 3, restCount: 3 });
    expect(units[0]).toMatchObject({ layer: 'b', unit: 1, selectedMean: 0, restMean: 1 });
    expect(units.at(-1)).toMatchObject({ layer: 'b', unit: 0, effect: 0 });
  });

  it('has the units of the layers of the request, as many as it wants', async () => {
    expect((await compare({ layers: ['a'] })).units).toMatchObject([
      { layer: 'a', unit: 0, selectedMean: 3, restMean: 2 },
    ]);
    expect((await compare({ top: 2 })).units).toHaveLength(2);
  });

  it('is refused for an unknown layer, for no unit, and for no row', async () => {
    await expect(compare({ layers: ['c'] })).rejects.toMatchObject({ reason: 'LAYER_NOT_FOUND' });
    await expect(compare({ top: 1_001 })).rejects.toMatchObject({ reason: 'UNIT_QUERY_INVALID' });
    await expect(compare({ selection: undefined })).rejects.toMatchObject({ reason: 'SELECTION_MISSING' });
  });

  it('stops when its call is cancelled', async () => {
    await expect(compare({ signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow('cancelled');
  });
});
