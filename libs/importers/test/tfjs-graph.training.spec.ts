import { resident, Trainer, type Weights } from '@noema/engine';
import { adaptArtifact, compileModel, type ImportedModel, readModel } from '@noema/importers';
import type { CompiledModel } from '@noema/layers';
import '@tensorflow/tfjs-backend-cpu';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
// It registers the gradients of TF.js.
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { attribute, classifier, TestGraph, window } from './tfjs-graph.models.js';

beforeAll(() => tf.setBackend('cpu'));

const [ROWS, CLASSES, RATE] = [6, 3, 0.1];
const LABELS = Array.from({ length: ROWS }, (_, row) => row % CLASSES);
const DIMS = [8, 8, 2];
const PICTURES = Float32Array.from({ length: ROWS * 128 }, (_, i) => Math.sin(i * 1.7) * 0.9);
const TARGETS = Float32Array.from({ length: ROWS * CLASSES }, (_, i) =>
  Number(LABELS[Math.floor(i / CLASSES)] === i % CLASSES),
);

/** One step of SGD on the whole batch, as a run takes it; gives the loss before it, and the weights. */
async function runStep(model: CompiledModel, weights: Weights): Promise<{ loss: number; weights: Weights }> {
  const trainer = Trainer.create({
    model,
    losses: [{ loss: 'categorical_crossentropy' }],
    optimizer: { name: 'sgd', settings: { learning_rate: RATE } },
    data: new Map([
      ['image', resident(PICTURES, DIMS)],
      [`target:${model.outputs[0]!.name}`, resident(TARGETS, [CLASSES])],
    ]),
    rows: Uint32Array.from(LABELS.keys()),
    weights,
    batchSize: ROWS,
    seed: 0,
    workers: 1,
  });
  try {
    return { loss: (await trainer.trainEpoch()).loss, weights: trainer.weights() };
  } finally {
    await trainer.close();
  }
}

/** The weights of a loaded graph become variables, which TF.js itself then differentiates and trains. */
function trainable(loaded: GraphModel, names: readonly string[]): Map<string, tf.Variable> {
  const { executor } = loaded as unknown as {
    readonly executor: { weightMap: Readonly<Record<string, tf.Tensor[]>> };
  };
  const variables = new Map(names.map((name) => [name, tf.variable(executor.weightMap[name]![0]!)]));
  executor.weightMap = {
    ...executor.weightMap,
    ...Object.fromEntries([...variables].map(([name, variable]) => [name, [variable]])),
  };
  return variables;
}

/** One step of TF.js's own SGD on the mean cross-entropy of scores; gives the loss before it. */
function referenceStep(scores: () => tf.Tensor, variables: Iterable<tf.Variable>): number {
  const loss = (): tf.Scalar => tf.losses.softmaxCrossEntropy(tf.tensor(TARGETS, [ROWS, CLASSES]), scores());
  return tf.train
    .sgd(RATE)
    .minimize(loss, true, [...variables])!
    .dataSync()[0]!;
}

const execute = (loaded: GraphModel, node: string): tf.Tensor =>
  loaded.execute({ image: tf.tensor(PICTURES, [ROWS, ...DIMS]) }, node) as tf.Tensor;

/** Largest difference of a weight to a variable, in the order of the axes that ONNX has. */
function difference(found: Float32Array, variable: tf.Tensor): number {
  const { rank } = variable;
  const isDepthwise = rank === 4 && variable.shape[3] === 1;
  const turned = rank === 4 ? tf.transpose(variable, isDepthwise ? [2, 3, 0, 1] : [3, 2, 0, 1]) : variable;
  const expected = turned.dataSync();
  return found.length === expected.length
    ? Math.max(...Array.from(expected, (value, i) => Math.abs(value - found[i]!)))
    : Infinity;
}

const differences = (
  weights: Weights,
  variables: ReadonlyMap<string, tf.Variable>,
  names: Readonly<Record<string, string>>,
): Record<string, number> =>
  Object.fromEntries(
    Object.entries(names).map(([ours, theirs]) => [
      ours,
      difference(weights.get(ours)!, variables.get(theirs)!),
    ]),
  );
const above = (found: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => !(value <= 1e-6)));
const moved = (before: Weights, after: Weights): string[] =>
  [...after.keys()].filter((name) => before.get(name)!.join() !== after.get(name)!.join());

const training = ({ artifact }: { readonly artifact: unknown }, frozen: readonly string[] = []) =>
  compileModel(JSON.parse(JSON.stringify(artifact)), { mode: 'training', frozen });
const read = (graph: TestGraph): Promise<ImportedModel> =>
  readModel(graph.zip(), { format: '', outputs: [] });

const PATH = 'StatefulPartitionedCall/net';
/** Weights of `classifier` here, and in its file. */
const NAMES = {
  'conv_1/weight': `${PATH}/conv_1/Conv2D/ReadVariableOp`,
  'conv_1/bias': 'unknown_1',
  'conv_2/weight': 'unknown_2',
  'dense/weight': 'unknown_4',
  'dense/bias': 'unknown_5',
};

describe('one step of SGD on a TF.js graph model', () => {
  it('changes every weight as TF.js changes it', async () => {
    const graph = classifier();
    const [imported, loaded] = [await read(graph), await graph.load()];
    const variables = trainable(loaded, Object.values(NAMES));
    const ours = await runStep(training(imported), imported.weights);
    const loss = referenceStep(() => execute(loaded, `${PATH}/dense/BiasAdd`), variables.values());
    expect(Math.abs(ours.loss - loss)).toBeLessThan(1e-6);
    expect(above(differences(ours.weights, variables, NAMES))).toEqual({});
    expect(moved(imported.weights, ours.weights)).toEqual(Object.keys(NAMES));
  });

  it('changes scale and offset of a normalisation, and keeps its moving statistics', async () => {
    const graph = new TestGraph();
    const x = graph.input('image', [-1, ...DIMS]);
    const conv = graph.node(
      'conv/Conv2D',
      'Conv2D',
      [x, graph.random('conv/kernel', [3, 3, 2, 4])],
      window('SAME'),
    );
    const statistics = ['gamma', 'beta', 'mean', 'variance'].map((name) =>
      graph.random(`norm/${name}`, [4], 1, name === 'variance' ? 0.5 : -1),
    );
    const normal = graph.node('norm/FusedBatchNormV3', 'FusedBatchNormV3', [conv, ...statistics], {
      epsilon: attribute.float(1e-3),
      is_training: attribute.bool(false),
      data_format: attribute.text('NHWC'),
    });
    const relu = graph.node('relu', 'Relu6', [normal]);
    const mean = graph.node('mean', 'Mean', [relu, graph.ints('axes', [1, 2])], {
      keep_dims: attribute.bool(false),
    });
    const kernel = graph.random('dense/kernel', [4, CLASSES]);
    const turn = { transpose_a: attribute.bool(false), transpose_b: attribute.bool(false) };
    const scores = graph.node('dense/MatMul', 'MatMul', [mean, kernel], turn);
    graph.node('label', 'Softmax', [scores]);
    const [imported, loaded] = [await read(graph), await graph.load()];
    const names = {
      'conv/weight': 'conv/kernel',
      'norm/scale': 'norm/gamma',
      'norm/bias': 'norm/beta',
      'dense/weight': 'dense/kernel',
    };
    const variables = trainable(loaded, Object.values(names));
    const ours = await runStep(training(imported), imported.weights);
    const loss = referenceStep(() => execute(loaded, 'dense/MatMul'), variables.values());
    expect(Math.abs(ours.loss - loss)).toBeLessThan(1e-6);
    expect(above(differences(ours.weights, variables, names))).toEqual({});
    expect(moved(imported.weights, ours.weights)).toEqual(Object.keys(names));
    expect([...ours.weights.keys()]).toEqual(expect.arrayContaining(['norm/mean', 'norm/variance']));
  });
});

describe('a new head of a TF.js graph model', () => {
  it.each<[string, readonly string[]]>([
    ['the base', ['conv_1', 'conv_2']],
    ['the first convolution', ['conv_1']],
    ['nothing', []],
  ])('is trained as TF.js trains it with %s frozen', async (_, frozen) => {
    const graph = classifier();
    const [imported, loaded] = [await read(graph), await graph.load()];
    const adapted = adaptArtifact(imported.artifact, {
      kind: 'head',
      output: 'label',
      units: CLASSES,
      activation: 'softmax',
      classNames: ['a', 'b', 'c'],
    });
    expect(adapted.model.layers.map(({ name }) => name)).toEqual(['conv_1', 'conv_2', 'head']);
    const first: Weights = new Map([
      ...[...imported.weights].filter(([name]) => !name.startsWith('dense/')),
      ...adapted.added.map((spec) => [spec.name, spec.initial(3)] as const),
    ]);
    const base = Object.entries(NAMES).filter(([name]) => !name.startsWith('dense/'));
    const open = base.filter(([name]) => !frozen.includes(name.split('/')[0]!));
    const variables = trainable(
      loaded,
      open.map(([, theirs]) => theirs),
    );
    const kernel = tf.variable(tf.tensor(first.get('head/kernel')!, [5, CLASSES]));
    const bias = tf.variable(tf.tensor(first.get('head/bias')!, [CLASSES]));
    variables.set('head/kernel', kernel).set('head/bias', bias);
    const ours = await runStep(training(adapted, frozen), first);
    const loss = referenceStep(
      () => tf.add(tf.matMul(execute(loaded, `${PATH}/mean/Mean`) as tf.Tensor2D, kernel as never), bias),
      variables.values(),
    );
    expect(Math.abs(ours.loss - loss)).toBeLessThan(1e-6);
    const names = { ...Object.fromEntries(open), 'head/kernel': 'head/kernel', 'head/bias': 'head/bias' };
    expect(above(differences(ours.weights, variables, names))).toEqual({});
    expect(moved(first, ours.weights)).toEqual(Object.keys(names));
  });
});
