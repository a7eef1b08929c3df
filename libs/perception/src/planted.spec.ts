import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countDimensions, fitBasis, computeMoments, project, type ResponseLayout } from './index.js';

interface Case {
  readonly responses: readonly number[];
  readonly vectors: readonly number[];
  readonly keep: number;
}

/** Made by bench/reference/perception_planted.py. */
const { widths, cases } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/planted.json', import.meta.url), 'utf8'),
) as { widths: number[]; cases: Record<string, Case> };
const layout: ResponseLayout = { layers: widths.map((units, i) => ({ name: `layer${i}`, units })) };
const d = widths.reduce((a, b) => a + b, 0);
const fitted = (name: string) => {
  const responses = Float32Array.from(cases[name]!.responses);
  const basis = fitBasis(computeMoments(responses, d), layout);
  return { basis, vectors: project(basis, responses), responses, k: countDimensions(basis) };
};

describe('RELIABILITY 30: planted cases', () => {
  it.each(Object.keys(cases))('%s: the vectors of the recipe in numpy within 1e-4, no NaN', (name) => {
    const { vectors, k } = fitted(name);
    const reference = cases[name]!;
    expect(k).toBe(reference.keep);
    expect(vectors).toHaveLength(reference.vectors.length);
    // A component whose entries are all of one size has no largest entry that would fix its sign.
    const signs = Array.from({ length: k }, (_, c) =>
      Math.sign(
        vectors.reduce((sum, value, i) => sum + (i % k === c ? value * reference.vectors[i]! : 0), 0),
      ),
    );
    vectors.forEach((value, i) => {
      expect(Math.abs(value - signs[i % k]! * reference.vectors[i]!)).toBeLessThan(1e-4);
    });
  });
  it('a dead unit is dropped by name, and answers that differ in it alone change nothing', () => {
    const { basis, vectors, responses } = fitted('dead unit');
    expect(basis.dropped).toEqual([{ layer: 'layer1', units: [1] }]);
    expect(
      project(
        basis,
        responses.map((value, i) => (i % d === 5 ? 9 : value)),
      ),
    ).toEqual(vectors);
  });
  it('a constant layer is dropped whole, has no eigenvalue and no weight in any vector', () => {
    const { basis } = fitted('constant layer');
    expect(basis.dropped).toEqual([{ layer: 'layer1', units: [0, 1, 2] }]);
    expect(basis.firstEigenvalues[1]).toBe(0);
    for (let c = 0; c < countDimensions(basis); c++)
      for (let unit = 4; unit < 7; unit++) expect(basis.components[c * d + unit]).toBe(0);
  });
  it('a space of nothing but a constant layer gives zeros', () => {
    const { responses } = fitted('constant layer');
    const alone = fitBasis(computeMoments(responses, d), layout, { kind: 'layer', layer: 'layer1' });
    expect(new Set(project(alone, responses))).toEqual(new Set([0]));
  });
  it('two identical samples have the same vector to the bit', () => {
    const { vectors, k } = fitted('twins');
    expect(vectors.slice(11 * k, 12 * k)).toEqual(vectors.slice(3 * k, 4 * k));
  });
  it('one response of 10⁶ lies apart, and the others keep apart from each other', () => {
    const { vectors, k } = fitted('outlier');
    const far = (a: number, b: number): number =>
      Math.hypot(...Array.from({ length: k }, (_, c) => vectors[a * k + c]! - vectors[b * k + c]!));
    const others = Array.from({ length: 40 }, (_, row) => row).filter((row) => row !== 8);
    expect(Math.min(...others.map((row) => far(8, row)))).toBeGreaterThan(
      Math.max(...others.map((row) => far(0, row))),
    );
    for (const row of others.slice(1)) expect(far(0, row)).toBeGreaterThan(0.05);
  });
  it('a single sample, and n = 2', () => {
    expect(
      project(fitBasis(computeMoments(new Float32Array(d).fill(2), d), layout), new Float32Array(d).fill(2)),
    ).toEqual(new Float32Array(1));
    const two = Float32Array.from({ length: 2 * d }, (_, i) => (i < d ? 0 : i - d + 1));
    const vectors = project(fitBasis(computeMoments(two, d), layout), two);
    expect(vectors).toHaveLength(2);
    expect(vectors[0]! + vectors[1]!).toBeCloseTo(0, 6);
    expect(Math.abs(vectors[0]!)).toBeGreaterThan(0.5);
  });
});
