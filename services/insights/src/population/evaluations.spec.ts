import { writeEvaluation } from '@noema/population/files';
import type { OutputEvaluation } from '@noema/population/rules';
import { expect, it } from 'vitest';
import { countClasses, findOutput, readAnswers, readOutput } from './evaluations.js';
import { SearchedRows } from './rows.js';

const ROWS = 2;
const output = (over: Partial<OutputEvaluation>): OutputEvaluation => ({
  ...{ rows: ROWS, width: 3, task: 'multi-class', hasLoss: Uint8Array.of(1, 1) },
  ...{ predictedClass: Int32Array.of(0, 2), trueClass: Int32Array.of(0, 1), correct: Uint8Array.of(1, 0) },
  ...{ outputs: Float32Array.of(1, 0, 0, 0, 0, 1), loss: Float32Array.of(1, 2) },
  ...over,
});
const named = writeEvaluation([
  output({ name: 'digit', loss: Float32Array.of(5, 7), ownLoss: Float32Array.of(1, 2) }),
  output({
    ...{ name: 'parity', width: 2, loss: Float32Array.of(4, 5), outputs: Float32Array.of(0, 1, 1, 0) },
    ...{ predictedClass: Int32Array.of(1, 0), trueClass: Int32Array.of(1, 1) },
  }),
]);
const OF_DATA = { runTask: undefined, classesOfData: 3 };
const rows = SearchedRows.choose(ROWS, { bytesPerRow: 1, bytes: ROWS, seed: 0 });

it('reads each output with its own loss, labels and predictions', () => {
  const [digit, parity] = [
    readOutput(named, { name: 'digit', isFirst: true }),
    readOutput(named, { name: 'parity', isFirst: false }),
  ];
  expect([countClasses(digit), countClasses(parity)]).toEqual([3, 2]);
  expect([...readAnswers(digit, rows, OF_DATA).losses!]).toEqual([1, 2]);
  const answers = readAnswers(parity, rows, OF_DATA);
  expect([...answers.losses!]).toEqual([4, 5]);
  expect([...answers.labels!]).toEqual([1, 1]);
  expect([...answers.predicted!]).toEqual([1, 0]);
});

it('reads a file that names no outputs as the first one, and refuses another', () => {
  const unnamed = writeEvaluation([output({})]);
  expect([...readOutput(unnamed, { name: 'digit', isFirst: true }).loss]).toEqual([1, 2]);
  expect([...readOutput(unnamed, undefined).loss]).toEqual([1, 2]);
  expect(() => readOutput(unnamed, { name: 'parity', isFirst: false })).toThrow(
    expect.objectContaining({ reason: 'OUTPUT_NOT_FOUND' }),
  );
  // An earlier epoch without the output is left out of the history.
  expect(findOutput(unnamed, { name: 'parity', isFirst: false })).toBeUndefined();
  expect([...findOutput(unnamed, { name: 'digit', isFirst: true })!.loss]).toEqual([1, 2]);
  expect([...findOutput(named, { name: 'parity', isFirst: false })!.loss]).toEqual([4, 5]);
});

it('reads nothing of an output that no sample was compared with, where the data have other classes', () => {
  const uncompared = { hasLoss: new Uint8Array(ROWS) };
  const read = (over: Partial<OutputEvaluation>, classesOfData: number) =>
    readAnswers(readOutput(writeEvaluation([output({ ...uncompared, ...over })]), undefined), rows, {
      runTask: 'regression',
      classesOfData,
    });
  const detector = { task: 'regression' } as const;
  expect(read(detector, 3)).toEqual({ task: undefined });
  expect(read({}, 4)).toEqual({ task: undefined });
  // Without classes in the data, or with as many, the predictions are of the model; there are no losses.
  expect(read(detector, 0)).toEqual({ task: 'regression' });
  for (const classesOfData of [0, 3]) {
    const answers = read({}, classesOfData);
    expect([...answers.predicted!]).toEqual([0, 2]);
    expect(answers.losses).toBeUndefined();
  }
});
