import { writeMatrix } from '@noema/artifacts';
import { compileModel } from '@noema/importers';
import type { ArtifactRef } from '@noema/kernel';
import { encodeWeights } from '@noema/layers';
import { memoryStore } from '@noema/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ModelSource } from '../analysis/analysis.js';
import type { ExplanationsConfig } from '../config.js';
import { MatrixCache } from './matrix.cache.js';
import { ModelStore } from './model.store.js';

const dense = (name: string, units: number) => ({
  class_name: 'Dense',
  name,
  config: { name, units, activation: 'linear', use_bias: false },
  inbound_nodes: [[['x', 0, 0, {}]]],
});
const TOPOLOGY = {
  class_name: 'Functional',
  config: {
    name: 'two',
    layers: [
      {
        class_name: 'InputLayer',
        name: 'x',
        config: { name: 'x', batch_input_shape: [null, 2] },
        inbound_nodes: [],
      },
      dense('first', 1),
      dense('second', 2),
    ],
    input_layers: [['x', 0, 0]],
    output_layers: [
      ['first', 0, 0],
      ['second', 0, 0],
    ],
  },
};
const WEIGHTS = { 'first/kernel': [5, 7], 'second/kernel': [1, 2, 3, 4] };
const X = Float32Array.of(0.5, -1);
const { signal } = new AbortController();

const files = memoryStore();
const models = new ModelStore(
  files,
  new MatrixCache(files),
  { engineBackend: 'cpu', engineThreads: 1 } as ExplanationsConfig,
  { ask: () => Promise.reject(new Error('no process serves the model')) },
  { losses: () => Promise.reject(new Error('the data compute no loss')) },
);
let row: { inputs: ArtifactRef; groundTruths: ArtifactRef };
let source: ModelSource;

beforeAll(async () => {
  const put = (name: string, bytes: Uint8Array) => files.put(`t/p/k/i/${name}`, bytes, 'x');
  const { parameters } = compileModel(TOPOLOGY, { mode: 'inference' });
  const values = new Map(
    parameters.map(({ name }) => [name, Float32Array.from(WEIGHTS[name as keyof typeof WEIGHTS])]),
  );
  row = {
    inputs: await put('x', writeMatrix([{ name: 'x', data: X, rows: 1, dims: [2] }])),
    groundTruths: await put(
      'y',
      writeMatrix([
        { name: 'first', data: Float32Array.of(0), rows: 1, dims: [1] },
        { name: 'second', data: Float32Array.of(0, 1), rows: 1, dims: [2] },
      ]),
    ),
  };
  const loss = { name: 'mean_squared_error', config: {} };
  source = {
    topology: await put('topology', new TextEncoder().encode(JSON.stringify(TOPOLOGY))),
    weights: await put('weights', encodeWeights(parameters, values)),
    loss,
    task: 'regression',
    losses: [
      { ...loss, output: 'first' },
      { ...loss, output: 'second' },
    ],
  };
});
afterAll(() => models.onApplicationShutdown());

/** Prediction, gradient of the last number and gradient of the loss, at the input. */
async function explain(of: ModelSource) {
  const model = await models.open(of);
  const sample = await model.readTensors({ split: 'training', row: 0, shardRow: 0, ...row });
  const query = { rows: X, layers: [], signal };
  const [score] = await model.scoreGradients(sample, { ...query, classes: [model.width - 1] });
  const [loss] = await model.lossGradients(sample, query);
  return [await model.predict(sample, X, signal), score!.input, loss!.input].map((one) => [...one]);
}

it('explains the first output, and the losses of all outputs', async () => {
  // first = 5·0.5 − 7 = −4.5; second = (0.5 − 3, 1 − 4) = (−2.5, −3), whose errors are −2.5 and −4.
  const first = [2 * -4.5 * 5, 2 * -4.5 * 7];
  const second = [-2.5 * 1 - 4 * 2, -2.5 * 3 - 4 * 4];
  expect(await explain(source)).toEqual([[-4.5], [5, 7], [first[0]! + second[0]!, first[1]! + second[1]!]]);
});

it('explains a named output, and its loss alone', async () => {
  const of = { ...source, output: 'second', losses: source.losses!.filter((one) => one.output === 'second') };
  expect(await explain(of)).toEqual([
    [-2.5, -3],
    [2, 4],
    [-10.5, -23.5],
  ]);
});

it('refuses an output that the model lacks', async () => {
  await expect(models.open({ ...source, output: 'third' })).rejects.toMatchObject({
    reason: 'OUTPUT_UNKNOWN',
    message: expect.stringMatching(/has no output "third"; it has: first, second/),
  });
});
