import { MatrixFile } from '@noema/artifacts';
import { Engine, initialWeights } from '@noema/engine';
import { compileLayers } from '@noema/layers';
import { afterAll, expect, it } from 'vitest';
import type { StoredRow } from '../analysis/analysis.js';
import { LayersModel } from './layers.model.js';

const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());

const [SIZE, CLASSES] = [4, 3];
const picture = Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i * 1.7));
const ref = { uri: '', sha256: '', sizeBytes: 0, mediaType: '' } as unknown as StoredRow['inputs'];
const row: StoredRow = { split: 'test', row: 0, shardRow: 0, inputs: ref };
const signal = new AbortController().signal;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const open = (target: readonly number[] | undefined, filters: number, activation: string) => {
  const layer = (className: string, config: object) => ({ class_name: className, config });
  const model = compileLayers(
    {
      class_name: 'Sequential',
      config: {
        name: 'detector',
        layers: [
          layer('Conv2D', {
            ...{ name: 'conv', filters: 3, kernel_size: 3, padding: 'same', activation: 'tanh' },
            batch_input_shape: [null, SIZE, SIZE, 1],
          }),
          layer('Conv2D', { name: 'out', filters, kernel_size: 2, strides: 2, activation }),
          ...(target === undefined ? [] : [layer('Reshape', { name: 'boxes', target_shape: target })]),
        ],
      },
    },
    { mode: 'inference' },
  );
  return new LayersModel(engine, model, initialWeights(model, 4), {
    losses: [],
    objectClasses: CLASSES,
    read: () =>
      Promise.resolve(
        new MatrixFile(1, [{ name: model.inputs[0]!.name, data: picture, rows: 1, dims: [SIZE, SIZE, 1] }]),
      ),
  });
};

it.each<
  [string, number[] | undefined, number, string, (cell: (field: number) => number, c: number) => number]
>([
  ['a grid of logits', undefined, 8, 'linear', (cell, c) => sigmoid(cell(4)) * sigmoid(cell(5 + c))],
  ['boxes with objectness', [4, 8], 8, 'sigmoid', (cell, c) => cell(4) * cell(5 + c)],
  ['boxes with classes', [4, 7], 7, 'sigmoid', (cell, c) => cell(4 + c)],
])(
  '%s scores a class by its best box, and has the gradient of that',
  async (_, target, filters, activation, score) => {
    const model = open(target, filters, activation);
    const sample = await model.readTensors(row);
    const out = (await model.activations(sample, ['out'], signal)).get('out')!;
    const at = (position: number, field: number): number =>
      out.order === 'hwc' ? out.data[position * filters + field]! : out.data[field * 4 + position]!;
    const expected = Array.from({ length: CLASSES }, (_unused, c) =>
      Math.max(...[0, 1, 2, 3].map((position) => score((field) => at(position, field), c))),
    );
    const probabilities = await model.predict(sample, picture, signal);
    const scores = await model.score(sample, picture, signal);
    expect(model.width).toBe(CLASSES);
    for (const [c, value] of expected.entries()) {
      expect(probabilities[c]).toBeCloseTo(value, 5);
      expect(scores[c]).toBeCloseTo(Math.log(value), 4);
    }
    const [gradients] = await model.scoreGradients(sample, {
      rows: picture,
      classes: [1],
      layers: [],
      signal,
    });
    const step = 1e-3;
    const changed = picture.slice();
    changed[5]! += step;
    const slope = ((await model.score(sample, changed, signal))[1]! - scores[1]!) / step;
    expect(gradients!.input[5]).toBeCloseTo(slope, 2);
  },
);

it('boxes of which only the best class is known are refused', () => {
  expect(() => open([4, 6], 6, 'linear')).toThrow(/no score of each of 3 classes to explain/);
});
