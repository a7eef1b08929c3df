import { describe, expect, it } from 'vitest';
import { type EpochPopulation, evenly, toSource, storedRow } from './population.js';

const ref = (uri: string) => ({ uri, sha256: uri, sizeBytes: 1, mediaType: 'x' });
const population: EpochPopulation = {
  topology: ref('t'),
  weights: ref('w'),
  loss: { name: 'mse', config: {} },
  projectId: 'p',
  runId: 'r',
  epoch: 1,
  datasetVersionId: 'd',
  sampleCount: 9,
  layer: '',
  shards: [
    { firstRow: 0, rowCount: 4, inputs: ref('i0'), groundTruths: ref('g0') },
    { firstRow: 4, rowCount: 4, inputs: ref('i1') },
    { firstRow: 8, rowCount: 1, inputs: ref('i2') },
  ],
  splits: [
    { split: 'training', firstRow: 0, count: 4 },
    { split: 'unlabeled', firstRow: 4, count: 5 },
  ],
};

describe('rows of a population', () => {
  it('lie in their shard and split', () => {
    expect(storedRow(population, 3)).toEqual({
      split: 'training',
      row: 3,
      shardRow: 3,
      inputs: ref('i0'),
      groundTruths: ref('g0'),
    });
    expect(storedRow(population, 8)).toEqual({
      split: 'unlabeled',
      row: 8,
      shardRow: 0,
      inputs: ref('i2'),
      groundTruths: undefined,
    });
    expect(() => storedRow(population, 9)).toThrow(/no shard with row 9/);
  });
  it('take along only the shards that hold them', () => {
    const narrow = toSource(population, [1, 8]);
    expect(narrow.shards.map(({ inputs }) => inputs.uri)).toEqual(['i0', 'i2']);
    expect(storedRow(narrow, 8).inputs.uri).toBe('i2');
  });
  it('are spread evenly when there are too many', () => {
    expect(evenly([3, 5, 8], 512)).toEqual([3, 5, 8]);
    expect(
      evenly(
        Int32Array.from({ length: 10 }, (_, i) => 2 * i),
        4,
      ),
    ).toEqual([0, 4, 10, 14]);
    expect(
      new Set(
        evenly(
          Int32Array.from({ length: 100_003 }, (_, i) => i),
          512,
        ),
      ).size,
    ).toBe(512);
  });
});
