import { describe, expect, it } from 'vitest';
import { OutputRows } from './output-rows.js';

const ROWS = 3;
/** Of each row two positions of three classes. */
const NUMBERS = Float32Array.of(
  ...[0.7, 0.2, 0.1, 0.1, 0.1, 0.8],
  ...[0.2, 0.6, 0.2, 0.4, 0.4, 0.2],
  ...[0, 0, 1, 0.3, 0.3, 0.4],
);
const TRUTH = Float32Array.of(...[1, 0, 0, 0, 1, 0], ...[0, 1, 0, 0, 0, 0], ...[0, 0, 1, 0, 0, 1]);

type Options = {
  readonly maxNumbers?: number;
  readonly numbers?: Float32Array;
  readonly isFirst?: boolean;
  readonly nonLinearity?: 'softmax' | undefined;
};

/** An output that gives a class for each position, evaluated in two parts. */
function evaluate({ maxNumbers = 2 ** 26, numbers = NUMBERS, isFirst = true, ...over }: Options) {
  const output = { name: 'mask', tensor: 'mask', dims: [-1n, 2n, 3n], nonLinearity: 'softmax', ...over };
  const rows = new OutputRows(
    output as unknown as ConstructorParameters<typeof OutputRows>[0],
    { output: 'mask', task: 'per-pixel', loss: { name: 'categorical_crossentropy', config: {} } },
    {
      ...{ rows: ROWS, trueObjects: undefined, hasGraphLoss: true, isFirst, maxNumbers },
      data: new Map([['target:mask', { data: TRUTH, rowDims: [2, 3] }]]),
    },
  );
  for (const span of [
    { firstRow: 0, rowCount: 2 },
    { firstRow: 2, rowCount: 1 },
  ]) {
    if (!rows.isRead) continue;
    const part = rows.openPart(span);
    part.data.set(numbers.subarray(span.firstRow * 6, (span.firstRow + span.rowCount) * 6));
    rows.closePart(span);
  }
  return rows.finish(Uint8Array.of(1, 1, 0));
}

describe('an output with a class for each position', () => {
  it.each([true, false])(
    'has classes and verdicts, also where the numbers are too many (first: %s)',
    (isFirst) => {
      const [all, few] = [evaluate({ isFirst }), evaluate({ isFirst, maxNumbers: 4 })];
      expect(all.evaluation).toMatchObject({ width: 6, outputs: NUMBERS });
      expect(few.evaluation).toMatchObject({ width: 0, outputs: new Float32Array() });
      for (const { evaluation } of [all, few]) {
        const form = { dims: [2], channels: 3, isExclusive: true };
        expect(evaluation.predictedPositions).toEqual({ ...form, data: Uint8Array.of(1, 3, 2, 1, 3, 3) });
        expect(evaluation.truePositions).toEqual({ ...form, data: Uint8Array.of(1, 2, 2, 0, 3, 3) });
        expect(evaluation.pixelAccuracy).toEqual(Float32Array.of(1 / 2, 1, NaN));
        expect(evaluation.iou).toEqual(Float32Array.of(1 / 3, 1, NaN));
      }
    },
  );

  it.each<[string, number]>([
    ['held', 2 ** 26],
    ['too many', 4],
  ])('is refused for numbers that are no shares, whose numbers are %s', (_, maxNumbers) => {
    const numbers = NUMBERS.map((value) => 3 * value);
    expect(() => evaluate({ maxNumbers, numbers, nonLinearity: undefined })).toThrow(
      expect.objectContaining({ reason: 'OUTPUT_NOT_PROBABILITIES' }),
    );
  });

  it('is refused for a number that is not finite', () => {
    const numbers = NUMBERS.with(13, NaN);
    expect(() => evaluate({ maxNumbers: 4, numbers })).toThrow(
      expect.objectContaining({ reason: 'LOSS_NOT_FINITE', metadata: { row: '2' } }),
    );
  });
});
