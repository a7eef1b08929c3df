import { encodeModel, float32 } from '@noema/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { compileLayers } from '../src/index.js';

/**
 * One layer between inputs and output, run on 0, 1, 2, … (or the given values) with parameters of the given
 * values.
 */
async function run(
  kind: string,
  config: object,
  shapes: number[][],
  parameters: Record<string, number[]> = {},
  values?: number[],
): Promise<{ dims: readonly number[]; data: number[] }> {
  const inputs = shapes.map((shape, i) => ({
    name: `x${i}`,
    class_name: 'InputLayer',
    config: { name: `x${i}`, batch_input_shape: [null, ...shape] },
    inbound_nodes: [],
  }));
  const layer = {
    name: 'l',
    class_name: kind,
    config: { name: 'l', ...config },
    inbound_nodes: [inputs.map(({ name }) => [name, 0, 0, {}])],
  };
  const compiled = compileLayers(
    {
      class_name: 'Model',
      config: {
        name: 'm',
        layers: [...inputs, layer],
        input_layers: inputs.map(({ name }) => [name, 0, 0]),
        output_layers: [['l', 0, 0]],
      },
    },
    { mode: 'inference' },
  );
  const session = await InferenceSession.create(encodeModel(compiled.graph));
  const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
  const feeds = Object.fromEntries(
    shapes.map((shape, i) => [
      `x${i}`,
      new Tensor(
        'float32',
        float32(values ?? Array.from({ length: size(shape) }, (_, j) => j)).data as Float32Array,
        [1, ...shape],
      ),
    ]),
  );
  for (const p of compiled.parameters)
    feeds[p.name] = new Tensor(
      'float32',
      p.toGraph(Float32Array.from(parameters[p.name.split('/')[1]!]!)),
      p.graphDims,
    );
  const result = (await session.run(feeds))[compiled.outputs[0]!.tensor]!;
  return {
    dims: result.dims.slice(1),
    data: [...(result.data as Float32Array)].map((v) => Math.round(v * 1e5) / 1e5),
  };
}

it('CategoryEncoding of one number', async () => {
  // TF.js writes the size of its output into the shape of its input.
  expect(
    (await run('CategoryEncoding', { num_tokens: 4, output_mode: 'one_hot' }, [[1]], {}, [2])).data,
  ).toEqual([0, 0, 1, 0]);
});
it('Subtract', async () => {
  expect((await run('Subtract', {}, [[3], [3]])).data).toEqual([0, 0, 0]);
});
it('ZeroPadding1D', async () => {
  expect(await run('ZeroPadding1D', { padding: [1, 2] }, [[2, 1]])).toEqual({
    dims: [5, 1],
    data: [0, 0, 1, 0, 0],
  });
});
it('Cropping1D', async () => {
  expect(await run('Cropping1D', { cropping: [1, 2] }, [[5, 2]])).toEqual({
    dims: [2, 2],
    data: [2, 3, 4, 5],
  });
});
it('UpSampling1D', async () => {
  expect(await run('UpSampling1D', { size: 2 }, [[2, 2]])).toEqual({
    dims: [4, 2],
    data: [0, 1, 0, 1, 2, 3, 2, 3],
  });
});
it('UpSampling2D of Keras interpolates by the middles of pixels', async () => {
  // keras.layers.UpSampling2D((2, 2), interpolation="bilinear") of Keras 3.15.1
  const expected = [0, 0.25, 0.75, 1, 0.5, 0.75, 1.25, 1.5, 1.5, 1.75, 2.25, 2.5, 2, 2.25, 2.75, 3];
  const dtype = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } };
  for (const config of [{ dtype }, { half_pixel_centers: true }])
    expect(
      (await run('UpSampling2D', { size: 2, interpolation: 'bilinear', ...config }, [[2, 2, 1]])).data,
    ).toEqual(expected);
});
it('ELU with alpha', async () => {
  expect((await run('ELU', { alpha: 0.5 }, [[2]], {}, [-1, 2])).data).toEqual([-0.31606, 2]);
});
it('ReLU with a slope and a bound', async () => {
  expect((await run('ReLU', { negative_slope: 0.1, max_value: 6 }, [[3]], {}, [-1, 2, 9])).data).toEqual([
    -0.1, 2, 6,
  ]);
});
it('GlobalAveragePooling2D that keeps its dimensions', async () => {
  expect(await run('GlobalAveragePooling2D', { keepdims: true }, [[2, 2, 1]])).toEqual({
    dims: [1, 1, 1],
    data: [1.5],
  });
});

it('Conv1D with causal padding looks only back', async () => {
  // y[t] = 1·x[t − 2] + 10·x[t], x = 0, 1, 2, 3
  expect(
    (
      await run(
        'Conv1D',
        { filters: 1, kernel_size: 2, padding: 'causal', dilation_rate: 2, use_bias: false },
        [[4, 1]],
        { kernel: [1, 10] },
      )
    ).data,
  ).toEqual([0, 10, 20, 31]);
});
it('Conv2D in groups keeps them apart', async () => {
  expect(
    (
      await run('Conv2D', { filters: 2, kernel_size: 1, groups: 2, use_bias: false }, [[1, 2, 2]], {
        kernel: [2, 3],
      })
    ).data,
  ).toEqual([0, 3, 4, 9]);
});
it('SeparableConv2D with a multiplier', async () => {
  // channels (x, 10x) of one position x = 2, summed with weights 1 and 0.5
  expect(
    (
      await run(
        'SeparableConv2D',
        { filters: 1, kernel_size: 1, depth_multiplier: 2 },
        [[1, 1, 1]],
        { depthwise_kernel: [1, 10], pointwise_kernel: [1, 0.5], bias: [0.25] },
        [2],
      )
    ).data,
  ).toEqual([12.25]);
});
it('BatchNormalization on the first axis', async () => {
  const parameters = { gamma: [1, 2], beta: [0, 5], moving_mean: [0, 2], moving_variance: [1, 4] };
  expect((await run('BatchNormalization', { axis: 1, epsilon: 0 }, [[2, 2]], parameters)).data).toEqual([
    0, 1, 5, 6,
  ]);
});

it('Dropout with a noise shape leaves whole samples out, as Keras does', () => {
  const net = (noise_shape: unknown) =>
    compileLayers(
      {
        class_name: 'Sequential',
        config: [
          {
            class_name: 'Dropout',
            config: { name: 'd', rate: 0.2, noise_shape, batch_input_shape: [null, 4, 5, 3] },
          },
        ],
      },
      { mode: 'training' },
    );
  expect(net([null, 1, 1, 1]).masks.map(({ dims, rate }) => [dims, rate])).toEqual([[['n', 1, 1, 1], 0.2]]);
  expect(net(null).masks[0]!.dims).toEqual(['n', 4, 5, 3]);
  expect(() => net([1, 1, 1, 1])).toThrow('has noise_shape [1,1,1,1]; give null for the batch');
  expect(() => net([null, 1])).toThrow('null or 1 for each axis of its input');
});
