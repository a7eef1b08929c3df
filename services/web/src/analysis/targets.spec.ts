import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { type HeatMap, HeatMapAlgorithm, TargetKind } from '@noema/contracts/noema/explanations/v1/heat_map';
import { describe, expect, it } from 'vitest';
import { classesToExplain, explainedClasses, gainOf, mapsOf, mostFaithful } from './targets.js';

const map = (id: string, kind: TargetKind, classIndex: number, algorithm = HeatMapAlgorithm.GRAD_CAM) => ({ id, algorithm, target: { kind, classIndex, className: '' } });
const analysis = {
  heatMaps: [map('a', TargetKind.CLASS, 0), map('b', TargetKind.CLASS, 1), map('c', TargetKind.CLASS, 1, HeatMapAlgorithm.INTEGRATED_GRADIENTS), map('d', TargetKind.LOSS, -1)],
  predictions: [], scores: [{ classIndex: 0, className: 'x', probability: 0.1, logit: 0 }, { classIndex: 1, className: '', probability: 0.7, logit: 0 }, { classIndex: 2, className: 'z', probability: 0.2, logit: 0 }],
} as unknown as Analysis;

describe('targets of an analysis', () => {
  it('have their maps', () => {
    expect(mapsOf(analysis, 1).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(mapsOf(analysis, 'loss').map(({ id }) => id)).toEqual(['d']);
    expect(mapsOf(analysis, 2)).toEqual([]);
  });

  it('are the classes with maps, the likeliest first, named by number where they have no name', () => {
    expect(explainedClasses(analysis).map(({ name }) => name)).toEqual(['1', 'x']);
  });

  it('are all classes of a few, and of a thousand those that matter', () => {
    expect(classesToExplain([0.5, 0.5], 1, [])).toEqual([0, 1]);
    expect(classesToExplain([0.5], 1, [])).toEqual([0, 1]);
    expect(classesToExplain([], -1, [])).toEqual([]);
    const thousand = Array.from({ length: 1_000 }, (_, i) => i / 1e6);
    const chosen = classesToExplain(thousand, 3, [500, -1, 5_000]);
    expect(chosen).toHaveLength(14);
    expect(chosen).toEqual(expect.arrayContaining([3, 500, 999, 988]));
    expect(classesToExplain(thousand, -1, [])).toHaveLength(12);
  });
});

it('shows first what beats random by most', () => {
  const scored = (id: string, deletion: number, insertion: number) => ({ ...map(id, TargetKind.CLASS, 1), faithfulness: { deletion, insertion, randomDeletion: 0.3, randomInsertion: 0.4 } }) as unknown as HeatMap;
  expect(gainOf(scored('a', 0.1, 0.9))).toBeCloseTo(0.7, 12);
  expect(mostFaithful([scored('worse', 0.4, 0.3), scored('best', 0.1, 0.9), scored('good', 0.2, 0.8)])?.id).toBe('best');
  expect(mostFaithful([])).toBeUndefined();
});
