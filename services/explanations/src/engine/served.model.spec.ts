import type { MatrixFile } from '@noema/artifacts';
import { describe, expect, it } from 'vitest';
import type { SampleTensors } from '../model/model.ports.js';
import type { ModelQuery, ModelResult, ServedSource } from '../served-model/served-model.js';
import { ServedModel } from './served.model.js';

const SIDE = 4;
const source: ServedSource = {
  teamId: 'team',
  runId: 'run',
  epoch: 1,
  activation: 'softmax',
  width: 2,
  layers: [
    { name: 'conv', kind: 'Conv2d', units: 2, positionDims: [SIDE, SIDE] },
    { name: 'wide', kind: 'Conv2d', units: 64, positionDims: [128, 128] },
    { name: 'huge', kind: 'Conv2d', units: 64, positionDims: [512, 512] },
  ],
};
const signal = new AbortController().signal;
const sample: SampleTensors = {
  inputs: new Map([
    ['image', { data: new Float32Array(SIDE * SIDE).fill(1), dims: [SIDE, SIDE, 1] }],
    ['other', { data: Float32Array.of(7), dims: [1] }],
  ]),
};

/** The scores of a process: the sum of the input, and its negative. */
function compute({ rows, inputs, scoreWeights, inputGradients, layers }: ModelQuery): ModelResult {
  const size = SIDE * SIDE;
  const sums = Array.from({ length: rows }, (_, row) =>
    inputs[0]!.data.subarray(row * size, (row + 1) * size).reduce((a, b) => a + b, 0),
  );
  const tensors = layers.map((name) => {
    const { units, positionDims } = source.layers.find((layer) => layer.name === name)!;
    const of = units * positionDims[0]! * positionDims[1]!;
    return {
      name,
      dims: [],
      data: Float32Array.from({ length: rows * of }, (_, i) => sums[Math.floor(i / of)]!),
    };
  });
  return {
    scores: Float32Array.from(sums.flatMap((sum) => [sum, -sum])),
    inputGradients: inputGradients
      ? Float32Array.from(sums.flatMap((_, row) => Array<number>(size).fill(scoreWeights![row * 2]!)))
      : new Float32Array(),
    activations: tensors,
    gradients: scoreWeights === undefined ? [] : tensors,
    error: '',
  };
}

function open(answer: (query: ModelQuery) => ModelResult = compute) {
  const queries: ModelQuery[] = [];
  const model = new ServedModel(
    {
      ask: (_, query) => {
        queries.push(query);
        return Promise.resolve(answer(query));
      },
    },
    source,
    {
      loss: 'categorical_crossentropy',
      inputs: [
        { name: 'image', dims: [SIDE, SIDE, 1] },
        { name: 'other', dims: [1] },
      ],
      read: () => Promise.reject<MatrixFile>(new Error('nothing is read')),
    },
  );
  return { model, queries };
}

const makeRows = (count: number): Float32Array =>
  Float32Array.from({ length: count * SIDE * SIDE }, (_, i) => Math.floor(i / (SIDE * SIDE)));

describe('a served model', () => {
  it('is asked with one row of every input but the first, and gives rows in their order', async () => {
    const { model, queries } = open();
    const scores = await model.score(sample, makeRows(3), signal);
    expect([...scores]).toEqual([0, -0, 16, -16, 32, -32]);
    expect(queries.map(({ rows, inputs }) => [rows, inputs.map(({ data }) => data.length)])).toEqual([
      [3, [48, 1]],
    ]);
  });

  it('receives a few rows and layers at a time, and the input gradient comes once', async () => {
    const { model, queries } = open();
    const found = await model.scoreGradients(sample, {
      rows: makeRows(2),
      classes: [0, 1],
      layers: ['conv', 'wide'],
      signal,
    });
    // A row of `wide` with its gradient has 8 MiB, more than one result should have.
    expect(queries.map(({ rows, layers, inputGradients }) => [rows, layers, inputGradients])).toEqual([
      [2, ['conv'], true],
      [1, ['wide'], false],
      [1, ['wide'], false],
    ]);
    expect(found.map(({ input }) => input[0])).toEqual([1, 0]);
    expect(found.map(({ gradients }) => gradients.get('wide')!.data[5])).toEqual([0, 16]);
  });

  it('is refused a layer that does not fit a message', async () => {
    const { model } = open();
    await expect(model.classGradients(sample, { layer: 'huge', classes: [0], signal })).rejects.toMatchObject(
      { reason: 'SERVED_TENSOR_TOO_LARGE' },
    );
  });

  it.each<[string, string, (result: ModelResult) => ModelResult]>([
    ['too few scores', 'SERVED_RESULT_INVALID', (r) => ({ ...r, scores: new Float32Array(1) })],
    ['no activation', 'SERVED_RESULT_INVALID', (r) => ({ ...r, activations: [] })],
    ['no gradient', 'SERVED_RESULT_INVALID', (r) => ({ ...r, gradients: [] })],
    ['NaN', 'SERVED_RESULT_NOT_FINITE', (r) => ({ ...r, scores: r.scores.fill(NaN) })],
  ])('that gives %s is refused by name', async (_, reason, change) => {
    const { model } = open((query) => change(compute(query)));
    await expect(model.classGradients(sample, { layer: 'conv', classes: [0], signal })).rejects.toMatchObject(
      { reason },
    );
  });
});
