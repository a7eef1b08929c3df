import { readFileSync } from 'node:fs';
import { encodeModel } from '@noema/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { compileLayers } from '../src/index.js';

interface KerasCase {
  readonly name: string;
  readonly topology: unknown;
  /** In the order of the layers. */
  readonly weights: readonly { readonly shape: number[]; readonly values: number[] }[];
  readonly inputs: readonly number[][];
  readonly output: { readonly shape: number[]; readonly values: number[] };
}

// Made by bench/reference/keras_layers.py.
const cases = JSON.parse(
  readFileSync(new URL('../../test/fixtures/keras-3.json', import.meta.url), 'utf8'),
) as KerasCase[];

describe('what Keras 3 computes', () => {
  it.each(cases)('$name', async ({ topology, weights, inputs, output }) => {
    const compiled = compileLayers(topology, { mode: 'inference' });
    expect(compiled.parameters.map(({ dims }) => dims)).toEqual(weights.map(({ shape }) => shape));
    const feeds: Record<string, Tensor> = {};
    compiled.parameters.forEach((p, i) => {
      feeds[p.name] = new Tensor('float32', p.toGraph(Float32Array.from(weights[i]!.values)), [
        ...p.graphDims,
      ]);
    });
    compiled.inputs.forEach(({ name, dims }, i) => {
      feeds[name] = new Tensor('float32', Float32Array.from(inputs[i]!), [2, ...dims.slice(1).map(Number)]);
    });
    const session = await InferenceSession.create(encodeModel(compiled.graph));
    const result = (await session.run(feeds))[compiled.outputs[0]!.tensor]!;
    expect(result.dims).toEqual(output.shape);
    const worst = (result.data as Float32Array).reduce(
      (most, v, i) => Math.max(most, Math.abs(v - output.values[i]!)),
      0,
    );
    expect(worst).toBeLessThan(1e-5);
  });
});
