import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { symmetricEigen, symmetricEigenvalues } from './symmetric-eigen.js';

function symmetric(d: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const m = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) m[i * d + j] = m[j * d + i] = random() - 0.5;
  return m;
}

describe('symmetric eigen', () => {
  it.each([1, 2, 3, 10, 65])('A v = λ v, orthonormal, descending, at d = %i', (d) => {
    const a = symmetric(d, d);
    const { values, vectors } = symmetricEigen(a, d);
    for (let c = 0; c < d; c++) {
      if (c > 0) expect(values[c]).toBeLessThanOrEqual(values[c - 1]!);
      for (let i = 0; i < d; i++) {
        let av = 0;
        let dot = 0;
        for (let j = 0; j < d; j++) {
          av += a[i * d + j]! * vectors[c * d + j]!;
          dot += vectors[c * d + j]! * vectors[i * d + j]!;
        }
        expect(av).toBeCloseTo(values[c]! * vectors[c * d + i]!, 11);
        expect(dot).toBeCloseTo(i === c ? 1 : 0, 11);
      }
    }
    symmetricEigenvalues(a, d).forEach((value, i) => {
      expect(value).toBeCloseTo(values[i]!, 11);
    });
  });
  it('has the known spectrum of the second difference: 2 − 2 cos(kπ/(n+1))', () => {
    const n = 40;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      a[i * n + i] = 2;
      if (i > 0) a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
    }
    symmetricEigenvalues(a, n).forEach((value, i) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1)), 12);
    });
  });
  it('handles rank one, zero, repeated and nothing', () => {
    symmetricEigen(Float64Array.of(1, 1, 1, 1), 2).values.forEach((value, i) => {
      expect(value).toBeCloseTo([2, 0][i]!, 14);
    });
    expect(symmetricEigen(new Float64Array(9), 3).values).toEqual(new Float64Array(3));
    expect(symmetricEigen(Float64Array.of(2, 0, 0, 2), 2).values).toEqual(Float64Array.of(2, 2));
    expect(symmetricEigen(new Float64Array(0), 0).values).toHaveLength(0);
  });
  it('converges where most eigenvalues are zero: 12 directions in 300 dimensions, a third of them dead', () => {
    const d = 300;
    const rank = 12;
    const random = seededRandom(5);
    const a = new Float64Array(d * d);
    for (let r = 0; r < rank; r++) {
      const v = Float64Array.from({ length: d }, (_, i) => (i % 3 === 0 ? 0 : random() - 0.5));
      for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) a[i * d + j]! += v[i]! * v[j]!;
    }
    const { values } = symmetricEigen(a, d);
    const trace = Array.from({ length: d }, (_, i) => a[i * d + i]!).reduce((x, y) => x + y);
    expect(values.subarray(0, rank).reduce((x, y) => x + y)).toBeCloseTo(trace, 10);
    values.subarray(rank).forEach((value) => {
      expect(Math.abs(value)).toBeLessThan(1e-12 * trace);
    });
  });
  it('refuses NaN by place', () => {
    expect(() => symmetricEigen(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow(/entry \(0, 1\).*NaN/);
  });
});
