import { MatrixFile } from '@noema/artifacts';
import { Engine, initialWeights } from '@noema/engine';
import { compileModel } from '@noema/importers';
import { afterAll, expect, it } from 'vitest';
import { LayersModel } from './layers.model.js';

const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());
const { signal } = new AbortController();
const ref = { uri: 'file://x', sha256: '', sizeBytes: 0, mediaType: '' };
const picture = Float32Array.of(0.3, -0.7, 0.2, 0.9);
const truth = Float32Array.of(0.25, -1);
const layer = (kind: string, config: object) => ({ class_name: kind, config });
const model = compileModel(
  {
    class_name: 'Sequential',
    config: {
      name: 'net',
      layers: [
        layer('Dense', { name: 'hidden', units: 5, activation: 'tanh', batch_input_shape: [null, 4] }),
        layer('Dense', { name: 'out', units: 2, activation: 'linear' }),
      ],
    },
  },
  { mode: 'inference' },
);
const open = (loss: string, scoreLoss?: ConstructorParameters<typeof LayersModel>[3]['scoreLoss']) =>
  new LayersModel(engine, model, initialWeights(model, 4), {
    losses: [{ loss, output: model.outputs[0]!.name }],
    read: () =>
      Promise.resolve(
        new MatrixFile(1, [
          { name: model.inputs[0]!.name, data: picture, rows: 1, dims: [4] },
          { name: model.outputs[0]!.name, data: truth, rows: 1, dims: [2] },
        ]),
      ),
    ...(scoreLoss && { scoreLoss }),
  });
const row = { split: 'training', row: 7, shardRow: 0, inputs: ref, groundTruths: ref } as const;

it('the loss of an integration has the gradients of the same loss of the engine, also at changed inputs', async () => {
  const rows = Float32Array.of(...picture, 1, 0, -1, 0.5);
  const asked: number[][] = [];
  const scored = open('integration', ({ rows: scoredRows, predictions }) => {
    asked.push(Array.from(scoredRows));
    const gradients = predictions.map((value, i) => value - truth[i % 2]!);
    return Promise.resolve({ losses: new Float64Array(scoredRows.length), gradients });
  });
  const own = open('mean_squared_error');
  const computeGradients = async (opened: LayersModel) =>
    opened.lossGradients(await opened.readTensors(row), { rows, layers: ['hidden'], signal });
  const [ours, theirs] = [await computeGradients(own), await computeGradients(scored)];
  expect(asked.flat()).toEqual([7, 7]);
  ours.forEach(({ input, gradients }, i) => {
    expect(Math.max(...input.map(Math.abs))).toBeGreaterThan(1e-3);
    for (const [at, value] of input.entries()) expect(theirs[i]!.input[at]).toBeCloseTo(value, 6);
    expect(theirs[i]!.gradients.get('hidden')!.data).toHaveLength(5);
    for (const [at, value] of gradients.get('hidden')!.data.entries())
      expect(theirs[i]!.gradients.get('hidden')!.data[at]).toBeCloseTo(value, 6);
  });
});
