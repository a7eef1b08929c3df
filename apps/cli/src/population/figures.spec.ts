import { expect, it } from 'vitest';
import {
  accuracy,
  bruteForceNeighbors,
  labelAgreement,
  lossRatioMisclassified,
  nearestClasses,
  recall,
  typicalRow,
  worstMisclassified,
} from './figures.js';
import type { Population } from './population.js';

const nothing = new Float32Array();
/**
 * Six samples on a line: two classes at 0…2 and 10…12; the last one of class a lies among b and is
 * misclassified.
 */
const line: Population = {
  explorationId: 'x',
  epoch: 1,
  classNames: ['a', 'b'],
  samples: ['training', 'training', 'validation', 'training', 'validation', 'validation'].map((split, i) => ({
    split,
    sampleId: String(i),
  })),
  label: Int32Array.of(0, 0, 0, 1, 1, 0),
  predicted: Int32Array.of(0, 0, 0, 1, 1, 1),
  loss: Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 10),
  vectors: { data: Float32Array.of(0, 1, 2, 10, 11, 12), columns: 1 },
  neighbors: { data: Int32Array.of(1, 0, 1, 4, 3, 4), columns: 1 },
  distances: { data: nothing, columns: 1 },
  probabilities: { data: nothing, columns: 2 },
  x: nothing,
  y: nothing,
  cluster: new Int32Array(),
  trust: nothing,
};

it('counts neighbours with the same label', () => {
  expect(labelAgreement(line.neighbors, line.label, 1)).toBeCloseTo(5 / 6);
});
it('divides mean losses', () => {
  expect(lossRatioMisclassified(line)).toBeCloseTo(20);
});
it('is the share classified correctly in a split', () => {
  expect(accuracy(line, 'validation')).toBeCloseTo(2 / 3);
});
it('finds nearest rows without the query', () => {
  expect(bruteForceNeighbors(line.vectors, 0, 2)).toEqual([1, 2]);
  expect(recall([1, 5], [1, 2])).toBe(0.5);
});
it('names nearest classes, typical and worst samples', () => {
  expect(nearestClasses(line)).toEqual({ a: 'b', b: 'a' });
  expect(typicalRow(line, 0, 'training')).toBe(1);
  expect(worstMisclassified(line, 'validation')).toBe(5);
  expect(worstMisclassified(line, 'training')).toBeUndefined();
});
