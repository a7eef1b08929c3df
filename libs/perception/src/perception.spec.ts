import { readFileSync } from 'node:fs';
import { permutation, seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import {
  assertFinite,
  decodeBasis,
  decodeMoments,
  countDimensions,
  encodeBasis,
  encodeMoments,
  fitBasis,
  fitBasisInThread,
  layerPull,
  layerWeights,
  mergeInOrder,
  momentsInThreads,
  computeMoments,
  project,
  projectInThreads,
  type ResponseLayout,
} from './index.js';

const reference = JSON.parse(
  readFileSync(new URL('../../test/fixtures/basis.json', import.meta.url), 'utf8'),
) as {
  widths: number[];
  responses: number[];
  values: number[];
  keep: number;
  vectors: number[];
};
const layout: ResponseLayout = {
  layers: ['conv1', 'conv2', 'dense'].map((name, i) => ({ name, units: reference.widths[i]! })),
};
const d = 12;
const responses = Float32Array.from(reference.responses);

function noise(n: number, width: number, seed = 1): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: n * width }, (_, i) => random() * (1 + (i % width)) + 100);
}

function shardMoments(
  data: Float32Array,
  width: number,
  cuts: readonly number[],
): ReturnType<typeof computeMoments>[] {
  return [0, ...cuts].map((from, i) =>
    computeMoments(data.subarray(from * width, (cuts[i] ?? data.length / width) * width), width),
  );
}

describe('moments', () => {
  it('are mean and co-moments by their definition', () => {
    const { count, mean, coMoment } = computeMoments(responses, d);
    expect(count).toBe(60);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        let sum = 0;
        for (let r = 0; r < 60; r++)
          sum += (responses[r * d + i]! - mean[i]!) * (responses[r * d + j]! - mean[j]!);
        expect(coMoment[i * d + j]).toBeCloseTo(sum, 6);
      }
    }
  });
  it('do not depend on where the samples are cut', () => {
    const data = noise(700, 13);
    const whole = computeMoments(data, 13);
    for (const cuts of [[1], [350], [1, 2, 3, 699], [256, 512], [100, 100, 650]]) {
      const merged = mergeInOrder(shardMoments(data, 13, cuts));
      expect(merged.count).toBe(700);
      merged.mean.forEach((m, i) => {
        expect(Math.abs(m / whole.mean[i]! - 1)).toBeLessThan(1e-12);
      });
      const size = Math.max(...whole.coMoment);
      merged.coMoment.forEach((m, i) => {
        expect(Math.abs(m - whole.coMoment[i]!) / size).toBeLessThan(1e-10);
      });
    }
  });
  it('and the vectors made of them have the same bits for any order in which the shards finish', () => {
    const data = noise(500, 12);
    const results = [1, 2, 3].map((seed) => {
      const slots: ReturnType<typeof computeMoments>[] = [];
      const shards = shardMoments(data, 12, [100, 200, 300, 400]);
      for (const shard of permutation(5, seededRandom(seed)))
        slots[shard] = decodeMoments(encodeMoments(shards[shard]!));
      return project(fitBasis(mergeInOrder(slots), layout), data);
    });
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });
  it('give vectors within 1e-6 for any cut', () => {
    const whole = project(fitBasis(computeMoments(responses, d), layout), responses);
    for (const cuts of [[7], [30, 31], [10, 20, 30, 40, 50]]) {
      const cut = project(fitBasis(mergeInOrder(shardMoments(responses, d, cuts)), layout), responses);
      cut.forEach((value, i) => {
        expect(Math.abs(value - whole[i]!)).toBeLessThan(1e-6);
      });
    }
  });
  it.each([
    [1, 1_001, 398],
    [2, 1_003, 400],
    [5, 5_000, 397],
  ])('taken by %i threads have the same bits: %i rows of %i units', async (threads, rows, units) => {
    const data = noise(rows, units);
    expect(await momentsInThreads(data, units, { threads })).toEqual(computeMoments(data, units));
  });
  it('taken by threads can be cancelled', async () => {
    const stop = new AbortController();
    const taken = momentsInThreads(noise(1_000, 400), 400, { signal: stop.signal });
    stop.abort();
    await expect(taken).rejects.toMatchObject({ kind: 'cancelled' });
  });
  it('of another width are refused', () => {
    expect(() => mergeInOrder([computeMoments(noise(2, 3), 3), computeMoments(noise(2, 4), 4)])).toThrow(
      /moments of 3 and of 4 units/,
    );
    expect(() => mergeInOrder([])).toThrow(/population is empty/);
  });
});

describe('basis', () => {
  const basis = fitBasis(computeMoments(responses, d), layout);
  it('equals the recipe in numpy: eigenvalues, dimensions and vectors', () => {
    expect(countDimensions(basis)).toBe(reference.keep);
    basis.explained.forEach((value, i) => {
      expect(value).toBeCloseTo(reference.values[i]!, 8);
    });
    expect(basis.totalVariance).toBeCloseTo(
      reference.values.reduce((a, b) => a + b),
      8,
    );
    project(basis, responses).forEach((value, i) => {
      expect(value).toBeCloseTo(reference.vectors[i]!, 4);
    });
  });
  it('drops the unit that never changes, by name', () => {
    expect(basis.dropped).toEqual([{ layer: 'conv2', units: [1] }]);
  });
  it('projects new samples without the others', () => {
    const all = project(basis, responses);
    const k = countDimensions(basis);
    expect(project(basis, responses.slice(17 * d, 19 * d))).toEqual(all.slice(17 * k, 19 * k));
  });
  it.each([1, 2, 3])(
    'projects by %i threads to the same bits, and says in which row a response is not finite',
    async (threads) => {
      const many = Float32Array.from({ length: 20_000 * d }, (_, at) => responses[at % responses.length]!);
      expect(await projectInThreads(basis, many, 0, { threads })).toEqual(project(basis, many));
      many[19_000 * d + 1] = NaN;
      await expect(projectInThreads(basis, many, 7, { threads })).rejects.toMatchObject({
        reason: 'RESPONSE_NOT_FINITE',
        metadata: { row: '19007', unit: '1' },
      });
    },
  );
  it('keeps at most the requested dimensions', () => {
    expect(
      countDimensions(fitBasis(computeMoments(responses, d), layout, { kind: 'all' }, { maxDimensions: 2 })),
    ).toBe(2);
  });
  it('fitted in a thread has the same bits, and the same faults', async () => {
    expect(await fitBasisInThread(computeMoments(responses, d), layout)).toEqual(basis);
    await expect(
      fitBasisInThread(computeMoments(responses, d), layout, { kind: 'layer', layer: 'conv9' }),
    ).rejects.toMatchObject({ reason: 'LAYER_UNKNOWN', kind: 'invalid' });
    await expect(
      fitBasisInThread(
        computeMoments(responses, d),
        layout,
        { kind: 'all' },
        { signal: AbortSignal.abort() },
      ),
    ).rejects.toMatchObject({ kind: 'cancelled' });
  });
  it('is fitted in a thread time and again, also by several at once and after a fit that was cancelled', async () => {
    const moments = computeMoments(responses, d);
    expect(await Promise.all([fitBasisInThread(moments, layout), fitBasisInThread(moments, layout)])).toEqual(
      [basis, basis],
    );
    const controller = new AbortController();
    const cancelled = fitBasisInThread(moments, layout, { kind: 'all' }, { signal: controller.signal });
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await fitBasisInThread(moments, layout)).toEqual(basis);
  });
  it('knows the first eigenvalue of each layer', () => {
    const alone = fitBasis(computeMoments(responses, d), layout, { kind: 'layer', layer: 'dense' });
    expect(alone.firstEigenvalues).toEqual([0, 0, basis.firstEigenvalues[2]]);
    expect(alone.explained[0]).toBeCloseTo(1, 9); // a balanced layer has a first eigenvalue of 1
  });
  it('survives being stored to the bit', () => {
    expect(decodeBasis(encodeBasis(basis))).toEqual(basis);
  });
  it('reports damaged bytes', () => {
    const bytes = encodeBasis(basis);
    expect(() => decodeBasis(bytes.subarray(0, bytes.length - 8))).toThrow(/cut off/);
    expect(() => decodeBasis(encodeMoments(computeMoments(responses, d)))).toThrow(
      /holds moments, not basis/,
    );
    expect(() => decodeMoments(new Uint8Array(3))).toThrow(/no moments or basis file/);
  });
  it('RELIABILITY 30: of samples that are all alike is flagged and gives zeros, never NaN', () => {
    const constant = new Float32Array(5 * d).fill(3);
    const flat = fitBasis(computeMoments(constant, d), layout);
    expect(flat.dropped.map((layer) => layer.units.length)).toEqual([5, 4, 3]);
    expect(project(flat, constant)).toEqual(new Float32Array(5));
  });
  it('splits an inner product over the layers exactly', () => {
    const k = countDimensions(basis);
    const vectors = project(basis, responses);
    const other = vectors.slice(5 * k, 6 * k);
    let offset = 0;
    let sum = 0;
    for (const { name, units } of layout.layers) {
      const { weights, mean } = layerPull(basis, name, other);
      for (let u = 0; u < units; u++) sum += weights[u]! * (responses[offset + u]! - mean[u]!);
      offset += units;
    }
    expect(sum).toBeCloseTo(
      vectors.subarray(0, k).reduce((s, v, i) => s + v * other[i]!, 0),
      5,
    );
  });
});

describe('perception spaces', () => {
  it('weight the layers they name', () => {
    expect(layerWeights({ kind: 'appearance' }, layout)).toEqual([1, 1, 0]);
    expect(layerWeights({ kind: 'concept' }, layout)).toEqual([0, 1, 1]);
    expect(layerWeights({ kind: 'layer', layer: 'conv2' }, layout)).toEqual([0, 1, 0]);
    expect(layerWeights({ kind: 'custom', weights: { dense: 2 } }, layout)).toEqual([0, 0, 1]);
    expect(layerWeights({ kind: 'custom', weights: { conv1: 1e300, dense: 5e299 } }, layout)).toEqual([
      1, 0, 0.5,
    ]);
    expect(layerWeights({ kind: 'custom', weights: { conv1: 5e-324 } }, layout)).toEqual([1, 0, 0]);
  });
  it('ignore the layers they leave out', () => {
    const basis = fitBasis(computeMoments(responses, d), layout, { kind: 'layer', layer: 'dense' });
    const changed = responses.map((value, i) => (i % d < 9 ? value * 3 + 1 : value));
    expect(project(basis, changed)).toEqual(project(basis, responses));
  });
  it('refuse unknown layers and invalid weights', () => {
    expect(() => layerWeights({ kind: 'layer', layer: 'conv9' }, layout)).toThrow(
      /no layer "conv9".*conv1, conv2, dense/,
    );
    expect(() => layerWeights({ kind: 'custom', weights: { conv1: -1 } }, layout)).toThrow(/"conv1" is -1/);
    expect(() => layerWeights({ kind: 'custom', weights: { conv1: 0 } }, layout)).toThrow(
      /no layer has a weight above 0/,
    );
  });
});

it.each([NaN, Infinity, -Infinity])(
  'RELIABILITY 30: a response of %s is named by layer, unit and row',
  (value) => {
    const bad = responses.slice();
    bad[3 * d + 7] = value;
    expect(() => {
      assertFinite(layout, bad, 2048);
    }).toThrow(new RegExp(`unit 2 of layer "conv2" answers ${value} to row 2051`));
  },
);
