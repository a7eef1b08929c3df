import { expect, describe, it } from 'vitest';
import type { PointColumns } from '../../../api/point-columns.js';
import { spreadOrder } from '../../../api/spread-order.js';
import { compareColumns, loadPair } from './compared-columns.js';
import { type ComparedScopes, PointCache, type PointScope } from './point-cache.js';

interface Version {
  readonly ids: readonly string[];
  readonly loss: readonly number[];
  readonly correct: readonly boolean[];
  readonly labels: readonly string[];
}

/** The columns of a version, whose points are its rows. */
function toColumns({ ids, loss, correct, labels }: Version, names: readonly string[]): PointColumns {
  const count = ids.length;
  const code = (values: readonly string[]) => {
    const all = [...new Set(values)];
    return { values: Uint8Array.from(values, (name) => all.indexOf(name)), missing: 255, names: all };
  };
  const codes = {
    correct: code(correct.map(String)),
    split: code(ids.map(() => 'test')),
    true_class: code(labels),
  };
  const wanted = <T>(entries: readonly (readonly [string, T])[]) =>
    new Map(entries.filter(([name]) => names.includes(name)));
  return {
    count,
    loaded: count,
    dimensions: 2,
    stride: 1,
    numbers: wanted([['loss', Float32Array.from(loss)]]),
    codes: wanted(Object.entries(codes)),
    texts: wanted([
      ['sample_id', { at: (point: number) => ids[point], indexOf: (id: string) => ids.indexOf(id) }],
    ]),
    ...spreadOrder(count, 1),
  };
}

const createCache = (versions: Readonly<Record<string, Version>>): PointCache =>
  new PointCache(
    ({ explorationId, columns }) => Promise.resolve(toColumns(versions[explorationId]!, columns)),
    undefined,
    compareColumns,
  );
const scope = (runId: string, datasetVersionId: string): PointScope => ({
  explorationId: runId,
  runId,
  epoch: 1,
  datasetVersionId,
});
const compared = (a: PointScope, b: PointScope): ComparedScopes => ({
  a,
  b,
  hasCorrectness: true,
  hasClasses: true,
  numbers: ['loss'],
  truth: 'true_class',
});

const OLD: Version = {
  ids: ['p', 'q', 'r', 's'],
  loss: [1, 2, 3, NaN],
  correct: [true, false, true, false],
  labels: ['x', 'y', 'x', 'y'],
};

describe('columns of changes', () => {
  it('compare point by point within one dataset version', async () => {
    const cache = createCache({
      one: OLD,
      two: { ...OLD, loss: [2, 1, 3, 4], correct: [false, true, true, false] },
    });
    const [a, b] = [scope('one', 'data'), scope('two', 'data')];
    const both = { ...b, compared: compared(a, b) };
    await cache.want(both, ['change', 'change.loss', 'loss']);
    expect(cache.find(both, 'change')).toMatchObject({
      values: Uint8Array.of(2, 1, 0, 3),
      names: ['correct', 'fixed', 'broken', 'wrong'],
    });
    expect(cache.find(both, 'change.loss')).toMatchObject({ values: Float32Array.of(1, -1, 0, NaN) });
    // Without two versions there is nothing to compare, and nothing is requested.
    await cache.want(b, ['change']);
    expect(cache.find(b, 'change')).toBeUndefined();
  });

  it('match samples of other data by split and id, and leave out relabelled samples', async () => {
    const other: Version = {
      ids: ['new', 's', 'q', 'p'],
      loss: [9, 8, 7, 6],
      correct: [true, true, true, true],
      labels: ['x', 'x', 'y', 'x'],
    };
    const cache = createCache({ three: OLD, four: other });
    const [a, b] = [scope('three', 'data'), scope('four', 'more data')];
    const both = { ...b, compared: compared(a, b) };
    const { pair: _, ...samples } = await loadPair(cache, both);
    expect(samples).toEqual({ shared: 2, otherTruth: 1, onlyHere: 1, onlyThere: 1 });
    await cache.want(both, ['change', 'change.loss']);
    expect(cache.find(both, 'change')).toMatchObject({ values: Uint8Array.of(255, 255, 1, 0) });
    expect(cache.find(both, 'change.loss')).toMatchObject({ values: Float32Array.of(NaN, NaN, 5, 5) });
  });
});
