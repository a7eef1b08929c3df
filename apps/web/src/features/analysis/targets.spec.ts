import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { type HeatMap, TargetKind } from '@noema/contracts/noema/explanations/v1/heat_map';
import { describe, expect, it } from 'vitest';
import {
  classesToExplain,
  computeGain,
  explainedClasses,
  explains,
  findCompanion,
  listMaps,
  mostFaithful,
} from './targets.js';

const map = (id: string, kind: TargetKind, classIndex: number, method = 'grad-cam') => ({
  id,
  method,
  target: { kind, classIndex, className: '' },
});
const analysis = {
  heatMaps: [
    map('a', TargetKind.CLASS, 0),
    map('b', TargetKind.CLASS, 1),
    map('c', TargetKind.CLASS, 1, 'integrated-gradients'),
    map('d', TargetKind.LOSS, -1),
  ],
  predictions: [],
  scores: [
    { classIndex: 0, className: 'x', probability: 0.1, logit: 0 },
    { classIndex: 1, className: '', probability: 0.7, logit: 0 },
    { classIndex: 2, className: 'z', probability: 0.2, logit: 0 },
  ],
} as unknown as Analysis;

describe('targets of an analysis', () => {
  it('have their maps', () => {
    expect(listMaps(analysis, 1).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(listMaps(analysis, 'loss').map(({ id }) => id)).toEqual(['d']);
    expect(listMaps(analysis, 2)).toEqual([]);
  });

  it('are compared: the label with the prediction, a right prediction with the loss', () => {
    const wrong = { predicted: 9, label: 8, explained: [9, 8, 'loss'] as const };
    expect(findCompanion(9, wrong)).toBe(8);
    expect(findCompanion(8, wrong)).toBe(9);
    expect(findCompanion('loss', wrong)).toBe(9);
    expect(findCompanion(3, wrong)).toBe(9);
    const right = { predicted: 4, label: 4, explained: [4, 'loss'] as const };
    expect(findCompanion(4, right)).toBe('loss');
    expect(findCompanion(4, { ...right, explained: [4] })).toBeUndefined();
    expect(findCompanion(0, { predicted: -1, label: -1, explained: [0] })).toBeUndefined();
  });

  it('are the classes with maps, the likeliest first, named by number where they have no name', () => {
    expect(explainedClasses(analysis).map(({ name }) => name)).toEqual(['1', 'x']);
  });

  it('are left to the service unless others are requested: then those, the predicted class and the label', () => {
    expect(classesToExplain([0.5, 0.3, 0.2], 1, [])).toEqual([]);
    expect(classesToExplain([0.5, 0.3, 0.1, 0.1], 1, [3, -1, 5_000])).toEqual([0, 1, 3]);
    expect(classesToExplain([0.4], -1, [1])).toEqual([0, 1]);
    // A model with a class for every position has no probabilities of the sample.
    expect(classesToExplain([], -1, [2, 1])).toEqual([1, 2]);
  });

  it('belong to an analysis that was requested for them, for all, or has their maps', () => {
    expect([0, 1, 2].map((index) => explains(analysis, index))).toEqual([true, true, false]);
    expect(explains({ ...analysis, settings: { classes: [2] } } as unknown as Analysis, 2)).toBe(true);
    expect(
      explains({ ...analysis, settings: { classes: [], allClasses: true } } as unknown as Analysis, 2),
    ).toBe(true);
  });
});

it('shows first what beats random by most', () => {
  const scored = (id: string, deletion: number, insertion: number) =>
    ({
      ...map(id, TargetKind.CLASS, 1),
      faithfulness: { deletion, insertion, randomDeletion: 0.3, randomInsertion: 0.4 },
    }) as unknown as HeatMap;
  expect(computeGain(scored('a', 0.1, 0.9))).toBeCloseTo(0.7, 12);
  expect(
    mostFaithful([scored('worse', 0.4, 0.3), scored('best', 0.1, 0.9), scored('good', 0.2, 0.8)])?.id,
  ).toBe('best');
  expect(mostFaithful([])).toBeUndefined();
});
