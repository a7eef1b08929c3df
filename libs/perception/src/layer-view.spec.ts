import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import {
  depthWeights,
  countDimensions,
  fitBasis,
  LayerView,
  layerWeights,
  computeMoments,
  project,
  type ResponseLayout,
} from './index.js';

const layout: ResponseLayout = {
  layers: [
    { name: 'first', units: 5 },
    { name: 'second', units: 4 },
    { name: 'third', units: 3 },
  ],
};
const d = 12;
const n = 80;
const random = seededRandom(31);
/** Unit 1 of the second layer is dead, and all of the third layer is constant in `flat`. */
const responses = Float32Array.from({ length: n * d }, (_, i) =>
  i % d === 6 ? 0.25 : (random() - 0.5) * 10 ** ((i % d) % 3),
);
const moments = computeMoments(responses, d);
const basis = fitBasis(moments, layout);

function makeView(): LayerView {
  const view = new LayerView(basis, n);
  view.fill(responses.subarray(0, 30 * d), 0);
  view.fill(responses.subarray(30 * d), 30);
  return view;
}

describe('a view of the layers', () => {
  it.each([[{ first: 1, second: 1, third: 1 }], [{ first: 2, third: 0.5 }], [{ second: 3 }]])(
    'has the distances of the space with the weights %j before PCA leaves anything out',
    (weights) => {
      const space = fitBasis(
        moments,
        layout,
        { kind: 'custom', weights },
        { varianceKept: 1, maxDimensions: d },
      );
      const vectors = project(space, responses);
      const k = countDimensions(space);
      const view = makeView();
      const numbers = layerWeights({ kind: 'custom', weights }, layout);
      const point = view.computeMean([7]);
      for (let row = 0; row < n; row++) {
        const far = Math.hypot(
          ...Array.from({ length: k }, (_, c) => vectors[7 * k + c]! - vectors[row * k + c]!),
        );
        expect(Math.sqrt(view.square(row, point, numbers))).toBeCloseTo(far, 4);
      }
    },
  );
  it('takes the mean of several rows', () => {
    const view = makeView();
    const weights = [1, 1, 1];
    const [a, b, mean] = [view.computeMean([3]), view.computeMean([9]), view.computeMean([3, 9])];
    mean.forEach((value, j) => {
      expect(value).toBeCloseTo((a[j]! + b[j]!) / 2, 12);
    });
    expect(view.square(3, mean, weights)).toBeCloseTo(view.square(9, mean, weights), 6);
  });
  it('leaves out units without variance, and says what it takes', () => {
    expect(makeView().byteLength).toBe(4 * n * (d - 1));
    expect(LayerView.countBytes(basis, n)).toBe(4 * n * (d - 1));
  });
  it('of a constant layer weighs nothing, and never NaN', () => {
    const flat = responses.map((value, i) => (i % d >= 9 ? 7 : value));
    const own = fitBasis(computeMoments(flat, d), layout);
    const view = new LayerView(own, n);
    view.fill(flat, 0);
    expect(view.square(1, view.computeMean([2]), [0, 0, 1])).toBe(0);
    expect(view.square(1, view.computeMean([2]), [1, 1, 1])).toBeGreaterThan(0);
  });
  it('needs the scales of all layers, and numbers', () => {
    expect(() => new LayerView(fitBasis(moments, layout, { kind: 'concept' }), n)).toThrow(
      /space "all", not of "concept"/,
    );
    expect(() => {
      makeView().fill(
        Float32Array.from({ length: d }, () => NaN),
        4,
      );
    }).toThrow(/row 4/);
  });
});

describe('the depth', () => {
  it('goes from appearance over all to concept', () => {
    expect(depthWeights(0, layout)).toEqual(layerWeights({ kind: 'appearance' }, layout));
    expect(depthWeights(0.5, layout)).toEqual([1, 1, 1]);
    expect(depthWeights(1, layout)).toEqual(layerWeights({ kind: 'concept' }, layout));
    expect(depthWeights(0.25, layout)).toEqual([1, 1, 0.5]);
    expect(depthWeights(0.75, { layers: [...layout.layers, { name: 'fourth', units: 1 }] })).toEqual([
      0.5, 0.5, 1, 1,
    ]);
  });
  it.each([-0.1, 1.01, NaN])('of %d is refused', (depth) => {
    expect(() => depthWeights(depth, layout)).toThrow(expect.objectContaining({ reason: 'DEPTH_INVALID' }));
  });
});
