import { featureMap } from '@noema/saliency';
import { describe, expect, it } from 'vitest';
import type { OpenModel } from './model.ports.js';
import { TwoClassModel, tellsTwoClasses } from './two-class.model.js';

const sample = { inputs: new Map() };
const signal = new AbortController().signal;
/** z = 3x of a scalar x, p = 1 / (1 + e^−z), by their closed forms. */
const sigmoid: OpenModel = {
  layers: [],
  blocks: [],
  width: 1,
  input: { name: 'x', dims: [1] },
  readTensors: () => Promise.resolve(sample),
  predict: (_, rows) => Promise.resolve(rows.map((x) => 1 / (1 + Math.exp(-3 * x)))),
  score: (_, rows) => Promise.resolve(rows.map((x) => 3 * x)),
  scoreGradients: (_, { rows }) =>
    Promise.resolve(
      Array.from(rows, () => {
        const gradient = featureMap(Float32Array.of(3), { height: 1, width: 1, channels: 1 }, 'hwc');
        return {
          activations: new Map([['a', gradient]]),
          gradients: new Map([['a', gradient]]),
          input: Float32Array.of(3),
        };
      }),
    ),
  classGradients: (_, { classes }) => {
    const map = featureMap(Float32Array.of(3), { height: 1, width: 1, channels: 1 }, 'hwc');
    return Promise.resolve({ activation: map, gradients: classes.map(() => map) });
  },
  gradientsAt: (_, { activations, classes }) =>
    Promise.resolve({
      scores: activations.map((x) => 3 * x),
      gradients: classes.map(() => Float32Array.of(3)),
    }),
  lossGradients: () => Promise.resolve([]),
  responses: () => Promise.resolve(new Float32Array()),
  activations: () => Promise.resolve(new Map()),
};

describe('a model with one output for two classes', () => {
  const model = new TwoClassModel(sigmoid);
  it('has the probabilities 1 − p and p, which sum to one', async () => {
    const [absent, present] = await model.predict(sample, Float32Array.of(0.5), signal);
    expect(present).toBeCloseTo(1 / (1 + Math.exp(-1.5)), 6);
    expect(absent! + present!).toBeCloseTo(1, 6);
  });
  it('has scores whose difference is the logit of the second class twice', async () => {
    expect([...(await model.score(sample, Float32Array.of(1, -2), signal))]).toEqual([-3, 3, 6, -6]);
  });
  it('argues for the first class with what argues against the second', async () => {
    const [first, second] = await model.scoreGradients(sample, {
      rows: Float32Array.of(1, 1),
      classes: [0, 1],
      layers: [],
      signal,
    });
    expect([first!.input[0], second!.input[0]]).toEqual([-3, 3]);
    expect([first!.gradients.get('a')!.data[0], second!.gradients.get('a')!.data[0]]).toEqual([-3, 3]);
    expect(first!.activations.get('a')!.data[0]).toBe(3);
    const { activation, gradients } = await model.classGradients(sample, {
      layer: 'a',
      classes: [0, 1],
      signal,
    });
    expect([activation, ...gradients].map(({ data }) => data[0])).toEqual([3, -3, 3]);
    const given = await model.gradientsAt(sample, {
      layer: 'a',
      activations: Float32Array.of(1, 2),
      classes: [0, 1],
      signal,
    });
    expect([[...given.scores], given.gradients.map(([value]) => value)]).toEqual([
      [-3, 3, -6, 6],
      [-3, 3],
    ]);
  });
});

it.each([
  [1, 'binary_crossentropy', true],
  [1, 'binaryCrossentropy', true],
  [1, 'mean_squared_error', false],
  [3, 'binary_crossentropy', false],
])('width %d with %s: %s', (width, name, two) => {
  expect(tellsTwoClasses(width, { loss: { name, config: {} } })).toBe(two);
  expect(tellsTwoClasses(width, { task: 'binary' })).toBe(width === 1);
  expect(tellsTwoClasses(width, { task: 'per-pixel', loss: { name, config: {} } })).toBe(false);
});
