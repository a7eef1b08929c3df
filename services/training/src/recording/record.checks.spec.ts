import { describe, expect, it } from 'vitest';
import type { SampleIndex } from '../dataset/dataset.js';
import { readNumbers, requireRecord } from './record.checks.js';
import type { RecordedColumn, RecordingForm } from './recording.js';

const form: RecordingForm = {
  runId: 'run',
  writers: 1,
  layers: [{ name: 'conv', kind: 'Conv2d', units: 2, positionDims: [3, 3] }],
  outputDims: [2],
};
const index = { getRow: () => 0 } as unknown as SampleIndex;
/** Two samples of two units: 0 and 2 of the first unit, 5 and 5.5 of the second. */
const column: RecordedColumn = {
  content: 'mean',
  layer: 'conv',
  type: 'uint8',
  data: Uint8Array.of(0, 0, 255, 1),
  steps: [0, 5, 2 / 255, 0.5],
};
const check = (change: Partial<RecordedColumn>): void => {
  requireRecord(form, index, {
    split: 'training',
    sampleIds: ['a', 'b'],
    trainingMode: false,
    columns: [{ ...column, ...change }],
  });
};

describe('a column of bytes', () => {
  it('has the lowest number and the step of each unit', () => {
    check({});
    expect(Array.from(readNumbers(column), (value) => Number(value.toFixed(5)))).toEqual([0, 5, 2, 5.5]);
  });

  it.each([
    ['3 steps of the mean responses of layer "conv"; 4 are expected', { steps: [0, 5, 1] }],
    ['with the value NaN for sample 0 of 2, number 1', { steps: [0, NaN, 1, 1] }],
    ['3 bytes of the mean responses of layer "conv"; 2 rows of 2 uint8 have 4', { data: new Uint8Array(3) }],
    ['output as uint8; send float32 or float16', { content: 'output', layer: '' }],
    [
      '4 steps of the mean responses of layer "conv"; 0 are expected',
      { type: 'float16', data: new Uint8Array(8) },
    ],
  ] as const)('is refused: %s', (message, change) => {
    expect(() => {
      check(change);
    }).toThrow(message);
  });
});
