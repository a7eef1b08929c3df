import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { exactNeighbors, labelAgreement, nearestClasses, takeNearest, pcaMap, points } from './index.js';
import { cloud, labels, reference } from './reference.fixture.js';

function random(n: number, d: number, seed = 1): Float32Array {
  const draw = seededRandom(seed);
  return Float32Array.from({ length: n * d }, () => draw() - 0.5);
}

describe('exact neighbours', () => {
  it('equal the neighbors of scikit-learn', () => {
    const graph = exactNeighbors(cloud, reference.knn.k);
    graph.distances.forEach((distance, e) => {
      expect(distance).toBeCloseTo(reference.knn.distances[e]!, 4);
    });
    const same = graph.indices.filter((j, e) => j === reference.knn.indices[e]).length;
    expect(same).toBeGreaterThan(graph.indices.length - 12); // three equal points may be listed in any order
  });
  it('leave the point itself out, ties by index', () => {
    expect([...exactNeighbors(points(new Float32Array(8).fill(1), 2), 3).indices]).toEqual([
      1, 2, 3, 0, 2, 3, 0, 1, 3, 0, 1, 2,
    ]);
  });
  it('refuse k of n or more', () => {
    expect(() => exactNeighbors(points(random(5, 2), 2), 5)).toThrow(/5 neighbors of 5 points.*1 to 4/);
    expect(() => takeNearest(exactNeighbors(points(random(5, 2), 2), 3), 4)).toThrow(
      /holds 3; ask for at most 3/,
    );
  });
});

describe('points', () => {
  it('that are NaN are named', () => {
    expect(() => points(Float32Array.of(0, 1, 2, NaN), 2)).toThrow(/dimension 1 of point 1 is NaN/);
  });
  it('must be there', () => {
    expect(() => points(new Float32Array(0), 2)).toThrow(/population is empty/);
  });
});

describe('principal components', () => {
  it('explain what scikit-learn says', () => {
    pcaMap(cloud, 3).explainedRatio.forEach((ratio, c) => {
      expect(ratio).toBeCloseTo(reference.pcaRatio[c]!, 6);
    });
  });
  it('are zero where there is nothing', () => {
    expect(pcaMap(points(new Float32Array(6).fill(2), 2), 2).coordinates).toEqual(new Float32Array(6));
    expect(pcaMap(points(Float32Array.of(1, 3), 1), 2).coordinates).toEqual(Float32Array.of(-1, 0, 1, 0));
  });
});

describe('labels', () => {
  it('agreement counts labelled neighbours with the same label', () => {
    const line = exactNeighbors(points(Float32Array.of(0, 1, 2.1, 10), 1), 2);
    const agreement = labelAgreement(line, Int32Array.of(0, 0, 1, -1), 2);
    expect([...agreement!.perPoint]).toEqual([0.5, 0.5, 0, 1]);
    expect(agreement!.mean).toBeCloseTo(1 / 3);
    expect(labelAgreement(line, Int32Array.of(-1, -1, -1, -1), 2)).toBeUndefined();
  });
  it('have the class of the nearest mean', () => {
    const classes = nearestClasses(
      points(Float32Array.of(0, 2, 4, 4.5, 20), 1),
      Int32Array.of(0, 0, 7, 7, 3),
    );
    expect(classes.map((c) => [c.class, c.nearest, c.distance])).toEqual([
      [0, 7, 3.25],
      [3, 7, 15.75],
      [7, 0, 3.25],
    ]);
    expect(
      nearestClasses(
        cloud,
        labels.map(() => 1),
      ),
    ).toEqual([]);
  });
});
