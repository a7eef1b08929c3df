import { readFileSync } from 'node:fs';
import {
  assignCells,
  decodeDetections,
  joinPredictions,
  packPredictions,
  readTruths,
} from '@noema/detection';
import { lossHead, lossParameters } from '@noema/autodiff';
import { GraphBuilder } from '@noema/onnx';
import { afterAll, expect, it } from 'vitest';
import { Engine, createMetric, Program } from '../src/index.js';

/** A grid that PyTorch trained, and values of PyTorch and pycocotools (bench/reference/detection_grid.py). */
const reference = JSON.parse(
  readFileSync(new URL('../../test/fixtures/detection-grid.json', import.meta.url), 'utf8'),
) as {
  readonly cells: number;
  readonly classCount: number;
  readonly iouThreshold: number;
  readonly lowestScore: number;
  readonly logits: string;
  readonly truths: string;
  readonly losses: readonly number[];
  readonly metrics: Readonly<Record<string, number>>;
};
const parseFloats = (text: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);

const { cells, classCount, losses, metrics } = reference;
const [logits, truths] = [parseFloats(reference.logits), parseFloats(reference.truths)];
const pictures = losses.length;
const size = logits.length / pictures;
const dims = [cells, cells, 5 + classCount];
const truthWidth = truths.length / pictures;

const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());

it('a grid of digits has the losses of PyTorch', async () => {
  const builder = new GraphBuilder();
  builder.input('x', ['n', ...dims]);
  builder.input('t', ['n', ...dims]);
  const head = lossHead('yolo');
  const output = head.write(builder, { prediction: 'x', target: 't' }, lossParameters(head));
  builder.output(output);
  const targets = assignCells(
    { rows: cells, columns: cells, classCount },
    readTruths({ data: truths, width: truthWidth }),
    pictures,
  );
  const found = await engine.run(Program.of(builder.build()), {
    x: { dataType: 'float32', dims: [pictures, ...dims], data: logits },
    t: { dataType: 'float32', dims: [pictures, ...dims], data: targets },
  });
  const own = found[output]!.data as Float32Array;
  // the losses of the reference have six decimals
  for (const [i, loss] of losses.entries()) expect(Math.abs(own[i]! - loss)).toBeLessThan(2e-6 + 1e-5 * loss);
});

it.each(Object.entries(metrics))("a grid of digits has pycocotools' %s", (name, value) => {
  const parts = losses.map((_, picture) =>
    decodeDetections(
      { form: 'grid', dims, classCount },
      logits.subarray(picture * size, (picture + 1) * size),
      {
        picture,
        scoreThreshold: reference.lowestScore,
        iouThreshold: reference.iouThreshold,
        maxPerPicture: 100,
      },
    ),
  );
  const packed = packPredictions(joinPredictions(parts), pictures);
  const own = createMetric(name).measure({
    rows: pictures,
    predictions: packed.data,
    width: packed.width,
    targets: truths,
    targetWidth: truthWidth,
    channels: packed.width,
    isExclusive: false,
  });
  expect(own).toBeCloseTo(value, 5);
});
