import { MatrixFile } from '@noema/artifacts';
import { Engine, initialWeights } from '@noema/engine';
import { compileLayers } from '@noema/layers';
import { afterAll, expect, it } from 'vitest';
import type { StoredRow } from '../analysis/analysis.js';
import { LayersModel } from './layers.model.js';

const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());

const SIZE = 4;
const PIXELS = SIZE * SIZE;
const picture = Float32Array.from({ length: PIXELS }, (_, i) => Math.sin(i * 1.7));
const ref = { uri: '', sha256: '', sizeBytes: 0, mediaType: '' } as unknown as StoredRow['inputs'];
const row: StoredRow = { split: 'test', row: 0, shardRow: 0, inputs: ref };
const signal = new AbortController().signal;

const opened = (filters: number, activation: string) => {
  const model = compileLayers(
    {
      class_name: 'Sequential',
      config: {
        name: 'mask',
        layers: [
          {
            class_name: 'Conv2D',
            config: {
              name: 'conv',
              filters: 3,
              kernel_size: 3,
              padding: 'same',
              activation: 'tanh',
              batch_input_shape: [null, SIZE, SIZE, 1],
            },
          },
          { class_name: 'Conv2D', config: { name: 'out', filters, kernel_size: 1, activation } },
        ],
      },
    },
    { mode: 'inference' },
  );
  return new LayersModel(engine, model, initialWeights(model, 4), {
    losses: [],
    isPerPosition: true,
    read: () =>
      Promise.resolve(
        new MatrixFile(1, [{ name: model.inputs[0]!.name, data: picture, rows: 1, dims: [SIZE, SIZE, 1] }]),
      ),
  });
};

it.each([
  [3, 'softmax', 3],
  [1, 'sigmoid', 2],
])(
  '%d channels with a %s are explained by the mean logit of a class over its predicted area',
  async (filters, activation, classes) => {
    const model = opened(filters, activation);
    const sample = await model.readTensors(row);
    const { areas } = sample;
    expect([model.width, areas!.reduce((a, b) => a + b)]).toEqual([classes, PIXELS]);
    const logits = (await model.activations(sample, ['out'], signal)).get('out')!;
    const [scores, probabilities] = [
      await model.score(sample, picture, signal),
      await model.predict(sample, picture, signal),
    ];
    expect(probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
    if (activation === 'softmax') {
      // Independent: the logits as the layer shows them, averaged where their class is the largest.
      const at = (position: number, c: number): number =>
        logits.order === 'hwc' ? logits.data[position * filters + c]! : logits.data[c * PIXELS + position]!;
      for (let c = 0; c < classes; c++) {
        const inside = Array.from({ length: PIXELS }, (_, i) => i).filter(
          (i) => areas![c] === 0 || [0, 1, 2].every((other) => at(i, c) >= at(i, other)),
        );
        expect(scores[c]).toBeCloseTo(inside.reduce((sum, i) => sum + at(i, c), 0) / inside.length, 4);
      }
    }
    // The area stays that of the sample while pixels change, so that the gradient is that of finite
    // differences.
    const [found] = await model.scoreGradients(sample, { rows: picture, classes: [1], layers: [], signal });
    const step = 1e-2;
    const moved = picture.slice();
    const pixel = 5;
    moved[pixel]! += step;
    const up = (await model.score(sample, moved, signal))[1]!;
    moved[pixel]! -= 2 * step;
    const down = (await model.score(sample, moved, signal))[1]!;
    expect(found!.input[pixel]).toBeCloseTo((up - down) / (2 * step), 2);
    const { gradients } = await model.classGradients(sample, { layer: 'conv', classes: [0, 1], signal });
    expect(gradients).toHaveLength(2);
    expect(gradients[1]!.data.some((value) => value !== 0)).toBe(true);
    // A layer behind the scores has no gradient, and no fault either.
    await model.classGradients(sample, { layer: 'out', classes: [1], signal });
  },
);
