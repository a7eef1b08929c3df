import { findImporter } from '@noema/importers';
import { encodeModel, float32, GraphBuilder } from '@noema/onnx';
import { expect, it } from 'vitest';
import type { Model } from '../model/model.js';
import { modelMessage } from '../model/model.mapper.js';
import { compileTopology, inspectArtifact } from './model.compiling.js';

/** A linear classifier of scikit-learn's exporter. */
function classifier(labels: readonly string[]): Uint8Array {
  const builder = new GraphBuilder();
  builder.input('x', ['n', 2]);
  builder.add({
    opType: 'LinearClassifier',
    domain: 'ai.onnx.ml',
    inputs: ['x'],
    outputs: ['label', 'y'],
    attributes: {
      coefficients: { floats: [1, 2, 3, 4, 5, 6] },
      intercepts: { floats: [0, 1, 2] },
      classlabels_strings: labels,
      post_transform: 'SOFTMAX',
    },
  });
  builder.output('y', ['n', 3]);
  return encodeModel(builder.build());
}

it('describes the classes of an output by the names that the file of a model states', async () => {
  const bytes = classifier(['ape', 'bee', 'cat']);
  const { artifact } = await findImporter('', bytes).read(bytes, {});
  const { inputs, outputs } = inspectArtifact(artifact);
  expect(inputs).toEqual([{ name: 'x', dims: [2] }]);
  expect(outputs).toEqual([{ name: 'y', dims: [3], classNames: ['ape', 'bee', 'cat'] }]);
  const message = modelMessage({
    inputs,
    outputs,
    format: 'onnx',
    createTime: new Date(),
    layers: [],
  } as unknown as Model);
  expect(message.inputs).toMatchObject([{ name: 'x', classNames: [] }]);
  expect(message.outputs).toMatchObject([{ name: 'y', dims: [3], classNames: ['ape', 'bee', 'cat'] }]);
});

it('compiles layers to the same digest when the keys of their objects come in another order', () => {
  const layers = (units: number) => [
    { class_name: 'Dense', config: { name: 'd', units, batch_input_shape: [null, 3] } },
  ];
  const {
    digest,
    artifact,
    layers: outputs,
  } = compileTopology({
    class_name: 'Sequential',
    config: { name: 's', layers: layers(2) },
  });
  expect(outputs.at(-1)).toEqual({ name: 'd', outputDims: [2] });
  expect(inspectArtifact(JSON.parse(new TextDecoder().decode(artifact))).parameterCount).toBe(8);
  const other = (units: number) =>
    compileTopology({ config: { layers: layers(units), name: 's' }, class_name: 'Sequential' }).digest;
  expect(other(2)).toBe(digest);
  expect(other(3)).not.toBe(digest);
});

it('links the layers of a graph through its blocks', async () => {
  const builder = new GraphBuilder();
  builder.input('x', ['n', 2]);
  const dense = (from: string, at: number): string =>
    builder.op('MatMul', [from, builder.constant(float32(Float32Array.of(at, 2, 3, 4), [2, 2]))]);
  const first = builder.op('Relu', [dense('x', 0)]);
  const second = builder.op('Relu', [builder.op('Add', [dense(first, 1), first])]);
  const third = builder.op('Relu', [builder.op('Add', [dense(second, 2), second])]);
  builder.add({ opType: 'Softmax', inputs: [dense(third, 3)], outputs: ['y'], attributes: {} });
  builder.output('y', ['n', 2]);
  const bytes = encodeModel(builder.build());
  const { artifact } = await findImporter('', bytes).read(bytes, {});
  const { layers, blocks } = inspectArtifact(artifact);
  const [, a, b, c, d] = layers.map(({ name }) => name);
  const [one, two, three] = blocks.map(({ name }) => name);
  expect(layers.map(({ inputs }) => inputs)).toEqual([[], ['x'], [one], [two], [three]]);
  expect(blocks.map(({ inputs }) => inputs)).toEqual([[a], [b, one], [c, two]]);
  expect(d).toBeDefined();
});
