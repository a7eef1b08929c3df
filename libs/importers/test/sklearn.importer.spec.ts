import { gradientsProgram, responsesProgram } from '@noema/engine';
import { exportOnnx, findImporter } from '@noema/importers';
import { encodeWeights } from '@noema/layers';
import { type Attribute, encodeModel, type Graph, GraphBuilder, type Node } from '@noema/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { measureDifference, engine, readFeeds, fixture, imported } from './run-model.js';

afterAll(() => engine.close());

const read = (name: string) => imported(`sklearn-${name}.onnx`);
const difference = async (name: string): Promise<number> =>
  measureDifference(await read(name), `sklearn-${name}.json`);

describe('a classifier as scikit-learn exports it by default', () => {
  it.each(['logistic', 'mlp'])('%s gives the probabilities that its ZipMap wrapped', async (name) => {
    expect(await difference(name)).toBeLessThan(1e-6);
    expect((await read(name)).model.outputs.map((output) => output.name)).toEqual(['output_probability']);
  });

  it.each([
    ['logistic', ['setosa', 'versicolor', 'virginica']],
    ['mlp', ['benign', 'malignant']],
    ['forest', ['setosa', 'versicolor', 'virginica']],
    ['forest-two', ['benign', 'malignant']],
  ])('%s has the labels of text as the names of its classes', async (name, classes) => {
    const { model } = await read(name);
    expect(model.outputs[0]!.classNames).toEqual(classes);
  });

  it.each(['boosted', 'extra', 'boosted-value'])(
    '%s has no names of classes, which are numbers',
    async (name) => {
      expect((await read(name)).model.outputs[0]).not.toHaveProperty('classNames');
    },
  );
});

describe('an ensemble of trees', () => {
  const all = [
    ...['forest', 'forest-two', 'extra', 'boosted', 'boosted-two', 'boosted-value', 'forest-values'],
  ];

  it.each(all)('%s predicts what ONNX Runtime predicted in Python', async (name) => {
    expect(await difference(name)).toBeLessThan(1e-5 * (name.includes('value') ? 600 : 1));
  });

  it.each([
    ['forest', 18],
    ['forest-two', 5],
    ['boosted', 12],
    ['forest-values', 8],
  ])('%s is a layer of %i scores of single trees, which add up to its prediction', async (name, units) => {
    const { model, weights } = await read(name);
    expect(model.layers).toMatchObject([{ name: 'trees', units, parameters: ['trees/bias'] }]);
    const { program, layers } = responsesProgram(model, weights);
    const feeds = await readFeeds(`sklearn-${name}.json`, model);
    const responses = (await engine.run(program, feeds))[layers[0]!.mean]!;
    expect(responses.dims).toEqual([10, units]);
    if (name !== 'forest-two') return;
    const { outputs } = JSON.parse((await fixture('sklearn-forest-two.json')).toString()) as {
      outputs: [{ data: number[] }];
    };
    for (let row = 0; row < 10; row++) {
      const own = Array.from(responses.data.slice(row * units, (row + 1) * units), Number);
      expect(own.reduce((a, b) => a + b)).toBeCloseTo(outputs[0].data[2 * row + 1]!, 5);
    }
  });

  it('has no gradient, which is named', async () => {
    const { model, weights } = await read('forest');
    expect(() => gradientsProgram(model, weights, { of: 'scores', layers: [], inputs: true })).toThrow(
      'operator ai.onnx.ml::TreeEnsembleRegressor (it makes "output_probability/trees") has no gradient; ' +
        'choose a layer after it, or explain the model by a method without gradients',
    );
  });

  it('is exported again, and imported from there', async () => {
    const { artifact, model, weights } = await read('forest');
    const bytes = exportOnnx(JSON.stringify(artifact), encodeWeights(model.parameters, weights));
    const again = await findImporter('', bytes).read(bytes, {});
    expect(await measureDifference(again, 'sklearn-forest.json')).toBeLessThan(1e-6);
  });
});

describe('an ensemble of trees that is broken', () => {
  /** One tree: a root that compares feature 0, and two leaves. */
  const stump: Readonly<Record<string, Attribute>> = {
    nodes_treeids: [0, 0, 0],
    nodes_nodeids: [0, 1, 2],
    nodes_featureids: [0, 0, 0],
    nodes_values: { floats: [0.5, 0, 0] },
    nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
    nodes_truenodeids: [1, 0, 0],
    nodes_falsenodeids: [2, 0, 0],
    target_treeids: [0, 0],
    target_nodeids: [1, 2],
    target_ids: [0, 0],
    target_weights: { floats: [1, 2] },
    n_targets: 1,
  };
  const file = (
    changes: Readonly<Record<string, Attribute>>,
    opType = 'TreeEnsembleRegressor',
  ): Uint8Array => {
    const builder = new GraphBuilder();
    builder.input('x', ['n', 2]);
    const node: Node = {
      opType,
      domain: 'ai.onnx.ml',
      inputs: ['x'],
      outputs: opType === 'TreeEnsembleClassifier' ? ['label', 'y'] : ['y'],
      attributes: { ...stump, ...changes },
    };
    builder.add(node);
    builder.output('y', ['n', 1]);
    const graph: Graph = builder.build();
    return encodeModel(graph, { opset: 17 });
  };
  const open = (bytes: Uint8Array) => findImporter('', bytes).read(bytes, {});

  it('is read where it is whole', async () => {
    expect((await open(file({}))).model.layers).toMatchObject([{ name: 'trees', units: 1 }]);
  });

  it.each<[string, Readonly<Record<string, Attribute>>, string]>([
    ['a circle', { nodes_truenodeids: [0, 0, 0] }, 'a tree (0) without a root'],
    [
      'a node with two parents',
      { nodes_falsenodeids: [1, 0, 0] },
      'leads to node 1, which is missing or has',
    ],
    ['a child that is missing', { nodes_falsenodeids: [7, 0, 0] }, 'leads to node 7, which is missing'],
    ['lists of other lengths', { nodes_values: { floats: [0.5] } }, 'lists of 3, 3, 3, 3, 3, 3, 1'],
    ['a negative feature', { nodes_featureids: [-1, 0, 0] }, 'compares feature -1'],
    ['a feature that the input lacks', { nodes_featureids: [2, 0, 0] }, 'the runtime refuses it'],
    ['a score for a target that is missing', { target_ids: [0, 3] }, 'has a score for 3, and 1 classes'],
    ['no scores', { target_weights: { floats: [] } }, 'has scores of leaves in lists of 2, 2, 2, 0'],
    ['other base values', { base_values: { floats: [1, 2] } }, 'has 2 base_values for 1 classes or targets'],
    ['another sum', { aggregate_function: 'MIN' }, 'has aggregate_function "MIN"; known: SUM, AVERAGE'],
    ['another transform', { post_transform: 'PROBIT' }, 'has post_transform "PROBIT"'],
  ])('%s: refused with the reason', async (_, changes, reason) => {
    await expect(open(file(changes))).rejects.toThrow(reason);
  });

  it('refuses a classifier of one class', async () => {
    await expect(open(file({ classlabels_int64s: [7] }, 'TreeEnsembleClassifier'))).rejects.toThrow(
      'operator TreeEnsembleClassifier has 1 classes',
    );
  });
});
