import { describe, expect, it } from 'vitest';
import { compileLayers, decodeWeights, encodeWeights, layersArtifact } from './index.js';
import { parseInitializer } from './initializers.js';
import { permuteAxes } from './parameter.js';
import { seededRandom } from '@noema/kernel';

const moments = (x: Float32Array) => {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  return { mean, variance: x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length };
};

describe('initial values', () => {
  const model = (name: string) =>
    compileLayers(
      {
        class_name: 'Sequential',
        config: [{ class_name: 'Dense', config: { name, units: 64, batch_input_shape: [null, 64] } }],
      },
      { mode: 'training' },
    );
  const kernel = (name: string, seed: number) => model(name).parameters[0]!.initial(seed);

  it('repeat for the same seed and name, and differ otherwise', () => {
    expect(kernel('a', 1)).toEqual(kernel('a', 1));
    expect(kernel('a', 1)).not.toEqual(kernel('a', 2));
    expect(kernel('a', 1)).not.toEqual(kernel('b', 1));
  });

  // Variances as in the papers: scale / fan, fans of a 3 × 3 convolution from 20 to 40 channels.
  it.each([
    ['glorot_uniform', 2 / (180 + 360)],
    ['glorot_normal', 2 / (180 + 360)],
    ['he_uniform', 2 / 180],
    ['HeNormal', 2 / 180],
    ['lecun_uniform', 1 / 180],
    ['LeCunNormal', 1 / 180],
  ])('%s has variance %d', (name, variance) => {
    const { mean, variance: actual } = moments(parseInitializer(name)([3, 3, 20, 40], seededRandom(5)));
    expect(Math.abs(mean)).toBeLessThan(0.05 * Math.sqrt(variance));
    expect(actual / variance).toBeCloseTo(1, 1);
  });
  it('orthogonal has orthonormal rows or columns', () => {
    for (const [rows, columns] of [
      [6, 4],
      [4, 6],
    ] as const) {
      const q = parseInitializer({ class_name: 'Orthogonal', config: { gain: 2 } })(
        [rows, columns],
        seededRandom(3),
      );
      const long = rows >= columns;
      const vector = (i: number) =>
        Array.from(
          { length: Math.max(rows, columns) },
          (_, j) => q[long ? j * columns + i : i * columns + j]!,
        );
      for (let i = 0; i < 4; i++)
        for (let j = 0; j <= i; j++)
          expect(vector(i).reduce((s, x, k) => s + x * vector(j)[k]!, 0)).toBeCloseTo(i === j ? 4 : 0, 5);
    }
  });
  it.each([
    ['zeros', 0],
    ['ones', 1],
    [{ class_name: 'Constant', config: { value: 3 } }, 3],
  ])('%j', (spec, value) => {
    expect([...parseInitializer(spec)([2, 2], Math.random)]).toEqual([value, value, value, value]);
  });
  it('identity', () => {
    expect([...parseInitializer('identity')([2, 3], Math.random)]).toEqual([1, 0, 0, 0, 1, 0]);
  });
});

describe('layouts', () => {
  it('permute as ONNX Transpose does', () => {
    expect([...permuteAxes(Float32Array.of(0, 1, 2, 3, 4, 5), [2, 3], [1, 0])]).toEqual([0, 3, 1, 4, 2, 5]);
    expect([
      ...permuteAxes(
        Float32Array.from({ length: 8 }, (_, i) => i),
        [2, 2, 2],
        [2, 0, 1],
      ),
    ]).toEqual([0, 2, 4, 6, 1, 3, 5, 7]);
  });
  it('of a parameter go both ways', () => {
    const { parameters } = compileLayers(
      {
        class_name: 'Sequential',
        config: [
          {
            class_name: 'SeparableConv2D',
            config: {
              name: 's',
              filters: 5,
              kernel_size: [2, 3],
              depth_multiplier: 2,
              batch_input_shape: [null, 8, 8, 3],
            },
          },
        ],
      },
      { mode: 'training' },
    );
    expect(parameters.map(({ name, dims, graphDims }) => [name, dims, graphDims])).toEqual([
      ['s/depthwise_kernel', [2, 3, 3, 2], [6, 1, 2, 3]],
      ['s/pointwise_kernel', [1, 1, 6, 5], [5, 6, 1, 1]],
      ['s/bias', [5], [5]],
    ]);
    for (const parameter of parameters)
      expect(parameter.fromGraph(parameter.toGraph(parameter.initial(1)))).toEqual(parameter.initial(1));
  });
});

describe('a weights file', () => {
  const topology = {
    class_name: 'Sequential',
    config: [{ class_name: 'Dense', config: { name: 'd', units: 2, batch_input_shape: [null, 3] } }],
  };
  const { parameters, summary } = compileLayers(topology, { mode: 'inference' });
  const weights = new Map([
    ['d/kernel', Float32Array.of(1, 2, 3, 4, 5, 6)],
    ['d/bias', Float32Array.of(7, 8)],
  ]);

  it('comes back, in the order of the manifest', () => {
    const bytes = encodeWeights(parameters, weights);
    expect([...new Float32Array(bytes.buffer)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(decodeWeights(parameters, bytes)).toEqual(weights);
    // A Buffer's slices share their memory.
    expect(decodeWeights(parameters, Buffer.from(bytes))).toEqual(weights);
    expect(layersArtifact(topology, parameters).weightsManifest[0]!.weights).toEqual([
      { name: 'd/kernel', shape: [3, 2], dtype: 'float32' },
      { name: 'd/bias', shape: [2], dtype: 'float32' },
    ]);
  });
  it('of another model is refused', () => {
    expect(() => decodeWeights(parameters, new Uint8Array(28))).toThrow(
      /28 bytes are given and the model has 8 weights/,
    );
    expect(() => encodeWeights(parameters, new Map([['d/kernel', new Float32Array(6)]]))).toThrow(
      /"d\/bias" needs 2 numbers and has none/,
    );
  });
  it('belongs to a model whose artifact compiles again', () => {
    expect(
      compileLayers(JSON.stringify(layersArtifact(topology, parameters)), { mode: 'inference' }).summary,
    ).toEqual(summary);
    expect(
      summary.map(({ name, kind, outputDims, parameterCount }) => [name, kind, outputDims, parameterCount]),
    ).toEqual([
      ['d_input', 'InputLayer', [3], 0],
      ['d', 'Dense', [2], 8],
    ]);
  });
});
