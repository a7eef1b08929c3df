import { expect, describe, it } from 'vitest';
import type { PointColumns } from '../../../api/point-columns.js';
import { spreadOrder } from '../../../api/spread-order.js';
import { comparedColumn, compareColumns, loadPair } from './compared-columns.js';
import { type ComparedScopes, PointCache, type PointScope } from './point-cache.js';

interface Version {
  readonly ids: readonly string[];
  readonly loss: readonly number[];
  readonly correct: readonly boolean[];
  readonly labels: readonly string[];
  /** A second output, `corner`. */
  readonly corner?: Pick<Version, 'loss' | 'correct' | 'labels'>;
}

/** The columns of a version, whose points are its rows. */
function toColumns({ ids, loss, correct, labels, corner }: Version, names: readonly string[]): PointColumns {
  const count = ids.length;
  const code = (values: readonly string[]) => {
    const all = [...new Set(values)];
    return { values: Uint8Array.from(values, (name) => all.indexOf(name)), missing: 255, names: all };
  };
  const codes = {
    correct: code(correct.map(String)),
    split: code(ids.map(() => 'test')),
    true_class: code(labels),
    ...(corner && {
      'outputs.corner.correct': code(corner.correct.map(String)),
      'outputs.corner.true_class': code(corner.labels),
    }),
  };
  const wanted = <T>(entries: readonly (readonly [string, T])[]) =>
    new Map(entries.filter(([name]) => names.includes(name)));
  return {
    count,
    loaded: count,
    dimensions: 2,
    stride: 1,
    numbers: wanted([
      ['loss', Float32Array.from(loss)],
      ...(corner === undefined ? [] : [['outputs.corner.loss', Float32Array.from(corner.loss)] as const]),
    ]),
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
const compared = (a: PointScope, b: PointScope, output = '', outputs = ['only']): ComparedScopes => ({
  a: { ...a, outputs },
  b: { ...b, outputs: ['corner'] },
  output,
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

  it('are of the named output, which is one of several in a version and the only one in the other', async () => {
    const corner = { loss: [5, 5, 5, 5], correct: [false, false, true, true], labels: ['u', 'v', 'u', 'v'] };
    const cache = createCache({
      five: { ...OLD, corner },
      six: { ...OLD, loss: [4, 6, 5, 1], correct: [true, true, false, true] },
      seven: { ...OLD, ids: ['s', 'r', 'q', 'p'], loss: [1, 2, 3, 4], labels: ['v', 'u', 'v', 'v'] },
    });
    const [a, b, c] = [scope('five', 'data'), scope('six', 'data'), scope('seven', 'more data')];
    const outputs = ['place', 'corner'];
    const both = { ...a, compared: compared(a, b, 'corner', outputs) };
    await cache.want(both, ['change', 'change.loss']);
    expect(cache.find(both, 'change')).toMatchObject({ values: Uint8Array.of(1, 1, 2, 0) });
    expect(cache.find(both, 'change.loss')).toMatchObject({ values: Float32Array.of(-1, 1, 0, -4) });
    expect(comparedColumn('true_class', both, both.compared)).toBe('outputs.corner.true_class');
    expect(comparedColumn('true_class', b, both.compared)).toBe('true_class');
    // The first outputs are others, and are kept apart.
    const first = { ...a, compared: compared(a, b, '', outputs) };
    await cache.want(first, ['change']);
    expect(cache.find(first, 'change')).toMatchObject({ values: Uint8Array.of(0, 1, 2, 1) });
    // The ground truth of the output decides which samples are the same.
    const apart = await loadPair(cache, { ...a, compared: compared(a, c, 'corner', outputs) });
    expect(apart).toMatchObject({ shared: 3, otherTruth: 1 });
  });
});
