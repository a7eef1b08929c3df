import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { pcaMap, points } from './index.js';
import { randomisedPca } from './randomised-pca.js';
import { cloud, reference } from './reference.fixture.js';

describe('randomised principal components', () => {
  it('explain what scikit-learn says', () => {
    randomisedPca(cloud, 3).explainedRatio.forEach((ratio, c) => {
      expect(ratio).toBeCloseTo(reference.pcaRatio[c]!, 6);
    });
  });
  it('of wide data are the planted axes, in their order', () => {
    const n = 300;
    const d = 500;
    const random = seededRandom(2);
    const strengths = [9, 5, 3];
    const axes = strengths.map((_, a) =>
      Float64Array.from({ length: d }, (_value, j) => (j % 3 === a ? Math.sqrt(3 / d) : 0)),
    );
    const shares = strengths.map((strength) =>
      Array.from({ length: n }, () => strength * (random() + random() + random() - 1.5)),
    );
    const wide = points(
      Float32Array.from({ length: n * d }, (_, e) => {
        const i = Math.floor(e / d);
        const j = e % d;
        return (
          7 + axes.reduce((sum, axis, a) => sum + axis[j]! * shares[a]![i]!, 0) + (random() - 0.5) * 0.01
        );
      }),
      d,
    );
    const { coordinates, explainedRatio } = pcaMap(wide, 3);
    expect(explainedRatio[0]! + explainedRatio[1]! + explainedRatio[2]!).toBeGreaterThan(0.99);
    shares.forEach((own, c) => {
      const mean = own.reduce((a, b) => a + b) / n;
      const column = own.map((_, i) => coordinates[i * 3 + c]!);
      const both = own.reduce((sum, value, i) => sum + (value - mean) * column[i]!, 0);
      const correlation =
        both /
        Math.sqrt(
          own.reduce((sum, value) => sum + (value - mean) ** 2, 0) *
            column.reduce((sum, value) => sum + value * value, 0),
        );
      expect(Math.abs(correlation)).toBeGreaterThan(0.98);
    });
  });
  it('are zero where there is nothing', () => {
    expect(pcaMap(points(new Float32Array(600).fill(2), 300), 2).coordinates).toEqual(new Float32Array(4));
    const line = pcaMap(
      points(
        Float32Array.from({ length: 900 }, (_, e) => (e % 300 === 0 ? e : 0)),
        300,
      ),
      2,
    );
    expect(line.coordinates.every(Number.isFinite)).toBe(true);
    expect([line.coordinates[1], line.coordinates[3], line.coordinates[5]].map((x) => Math.abs(x!))).toEqual([
      0, 0, 0,
    ]);
  });
});
