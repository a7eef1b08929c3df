import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type Basis,
  decodeBasis,
  decodeMoments,
  encodeBasis,
  encodeMoments,
  fitBasis,
  fitBasisByPasses,
  isDiagonal,
  LayerView,
  mergeInOrder,
  type Moments,
  momentsInThreads,
  computeMoments,
  type PassOptions,
  project,
  type ResponseLayout,
  scalesOfAll,
} from '../index.js';

/** By numpy: bench/reference/perception_by_passes.py. */
const reference = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/by-passes.json', import.meta.url), 'utf8'),
) as {
  rows: number;
  widths: number[];
  rank: number;
  values: number[];
  total: number;
  keep: number;
  distances: number[];
};
const { rows: n, widths, rank } = reference;
const d = widths.reduce((a, b) => a + b);
const layout: ResponseLayout = { layers: widths.map((units, i) => ({ name: `layer${i}`, units })) };

/** The generator of the reference; products of 31 bits need whole numbers beyond 2⁵³. */
function drawn(count: number, seed: number): Float64Array {
  let x = BigInt(seed);
  return Float64Array.from({ length: count }, () => {
    x = (1103515245n * x + 12345n) % 2147483648n;
    return Number(x) / 2147483648 - 0.5;
  });
}

const latent = drawn(n * rank, 1).map((value, i) => value * 0.8 ** (i % rank));
const mixing = drawn(rank * d, 2);
const noise = drawn(n * d, 3);
const responses = Float32Array.from({ length: n * d }, (_, at) => {
  const row = Math.floor(at / d);
  const column = at % d;
  let sum = 0.02 * noise[at]!;
  for (let r = 0; r < rank; r++) sum += latent[row * rank + r]! * mixing[r * d + column]!;
  return column === 100 ? 0.25 : sum;
});

const cut = (...ends: readonly number[]): Float32Array[] =>
  [0, ...ends].map((from, i) => responses.subarray(from * d, (ends[i] ?? n) * d));
const diagonal = (parts: readonly Float32Array[]): Moments =>
  mergeInOrder(parts.map((part) => computeMoments(part, d, 0)));
const fit = async (
  options: PassOptions = {},
  parts = cut(128, 200),
  space: Parameters<typeof fitBasis>[2] = { kind: 'all' },
): Promise<Basis> =>
  (
    await fitBasisByPasses(
      () =>
        (async function* () {
          yield* parts;
        })(),
      diagonal(parts),
      layout,
      space,
      options,
    )
  ).basis;
const exact = fitBasis(computeMoments(responses, d), layout);

function distances(basis: Basis): number[] {
  const k = basis.explained.length;
  const vectors = project(basis, responses.subarray(0, 30 * d));
  return Array.from({ length: 900 }, (_, at) =>
    Math.hypot(
      ...Array.from(
        { length: k },
        (_unused, c) => vectors[Math.floor(at / 30) * k + c]! - vectors[(at % 30) * k + c]!,
      ),
    ),
  );
}

describe('a basis fitted by passes over the responses', () => {
  it('has the eigenvalues, the dimensions and the distances that numpy computes of the whole covariance', async () => {
    const basis = await fit();
    expect(basis.method).toBe('randomized');
    expect(basis.explained.length).toBe(reference.keep);
    basis.explained.forEach((value, i) => {
      expect(Math.abs(value / reference.values[i]! - 1)).toBeLessThan(1e-3);
    });
    expect(basis.totalVariance).toBeCloseTo(reference.total, 3);
    const largest = Math.max(...reference.distances);
    distances(basis).forEach((distance, i) => {
      expect(Math.abs(distance - reference.distances[i]!) / largest).toBeLessThan(1e-3);
    });
  });
  it('balances layers, drops units and weighs spaces as the exact one does', async () => {
    const basis = await fit();
    expect(basis.dropped).toEqual(exact.dropped);
    basis.firstEigenvalues.forEach((value, i) => {
      expect(Math.abs(value / exact.firstEigenvalues[i]! - 1)).toBeLessThan(1e-4);
    });
    const one = await fit({}, undefined, { kind: 'layer', layer: 'layer1' });
    const same = fitBasis(computeMoments(responses, d), layout, { kind: 'layer', layer: 'layer1' });
    expect(one.firstEigenvalues.map((value) => value > 0)).toEqual([false, true, false]);
    same.explained.forEach((value, i) => {
      expect(Math.abs(one.explained[i]! / value - 1)).toBeLessThan(1e-3);
    });
  });
  it('states a residual that bounds what its variances are off by', async () => {
    const basis = await fit({ varianceKept: 1, maxDimensions: 40 });
    const whole = fitBasis(
      computeMoments(responses, d),
      layout,
      { kind: 'all' },
      { varianceKept: 1, maxDimensions: 40 },
    );
    expect(basis.residual).toBeGreaterThan(0);
    expect(basis.residual).toBeLessThan(0.01);
    const size = Math.hypot(...whole.explained);
    basis.explained.forEach((value, i) => {
      expect(Math.abs(value - whole.explained[i]!)).toBeLessThan(basis.residual * size);
    });
  });
  it.each([1, 2, 5])('has the same bits by %i threads', async (threads) => {
    expect(await fit({ threads })).toEqual(await fit({ threads: 3 }));
  });
  it('depends on its seed no more than on its residual', async () => {
    const [a, b] = [await fit({ seed: 1 }), await fit({ seed: 2 })];
    expect(a.components).not.toEqual(b.components);
    a.explained.forEach((value, i) => {
      expect(Math.abs(value / b.explained[i]! - 1)).toBeLessThan(1e-3);
    });
  });
  it('of samples that are all alike is flagged and gives zeros', async () => {
    const alike = [new Float32Array(5 * d).fill(3)];
    const { basis } = await fitBasisByPasses(
      () =>
        (async function* () {
          yield* alike;
        })(),
      diagonal(alike),
      layout,
    );
    expect(basis.dropped.map(({ units }) => units.length)).toEqual(widths);
    expect(project(basis, alike[0]!)).toEqual(new Float32Array(5));
  });
  it('survives being stored to the bit, and can be cancelled', async () => {
    const basis = await fit();
    expect(decodeBasis(encodeBasis(basis))).toEqual(basis);
    await expect(fit({ signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

describe('the diagonal of the moments', () => {
  it(
    'is that of the whole matrix, wherever the samples are cut, and is taken for more units than asked ' +
      'for',
    async () => {
      const whole = computeMoments(responses, d);
      const parts = diagonal(cut(1, 77, 250));
      expect(isDiagonal(parts)).toBe(true);
      parts.mean.forEach((mean, j) => {
        expect(mean).toBeCloseTo(whole.mean[j]!, 10);
      });
      parts.coMoment.forEach((sum, j) => {
        expect(sum).toBeCloseTo(whole.coMoment[j * d + j]!, 8);
      });
      expect(isDiagonal(await momentsInThreads(responses, d, { exactUnits: d - 1 }))).toBe(true);
      expect(isDiagonal(await momentsInThreads(responses, d, { exactUnits: d }))).toBe(false);
    },
  );
  it('gives no basis by itself, and does not merge with a matrix', () => {
    expect(() => fitBasis(diagonal(cut()), layout)).toThrow(
      /moments of 190 units are a diagonal alone; fit the basis by passes/,
    );
    expect(() => mergeInOrder([computeMoments(responses, d), diagonal(cut())])).toThrow(/cannot be merged/);
  });
  it(
    'with the first eigenvalues gives a view the scales of the space of all layers, from a set of another ' +
      'space',
    async () => {
      const parts = cut(150);
      const { firstEigenvalues } = await fitBasisByPasses(
        () =>
          (async function* () {
            yield* parts;
          })(),
        diagonal(parts),
        layout,
        { kind: 'appearance' },
      );
      const moments = decodeMoments(encodeMoments({ ...diagonal(parts), firstEigenvalues }));
      const views = [scalesOfAll(moments, layout), exact].map((basis) => new LayerView(basis, n));
      for (const view of views) view.fill(responses, 0);
      const [a, b] = views.map((view) => view.square(3, view.computeMean([40]), [1, 0.5, 2]));
      expect(Math.abs(a! / b! - 1)).toBeLessThan(1e-3);
    },
  );
});
