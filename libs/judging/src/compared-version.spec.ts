import { create } from '@bufbuild/protobuf';
import { RunSchema } from '@noema/contracts/noema/training/v1/run';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { findMetrics } from '@noema/evaluation';
import { expect, it } from 'vitest';
import { toComparedVersion } from './compared-version.js';

const loss = { name: 'categorical_crossentropy' };
const version = (displayName: string, outputs: readonly string[], output = '') =>
  toComparedVersion({
    run: create(RunSchema, {
      displayName,
      task: Task.MULTI_CLASS,
      settings: { loss },
      objectives: outputs.map((name) => ({ output: name, task: Task.MULTI_CLASS, loss })),
    }),
    epoch: 1,
    output,
  });

it('compares no sum over two losses with one loss, but the loss of an output with that of the same one', () => {
  const [two, one] = [version('two', ['place', 'corner']), version('one', ['place'])];
  expect(findMetrics(two, version('also two', ['a', 'b'])).numbers).toEqual(['loss']);
  expect(findMetrics(one, two)).toMatchObject({
    hasCorrectness: true,
    numbers: [],
    notes: [expect.stringContaining('outputs is not set in one, epoch 1 and 2 in two, epoch 1')],
  });
  const named = [version('two', ['place', 'corner'], 'place'), version('one', ['place'], 'place')] as const;
  expect(findMetrics(...named).numbers).toEqual(['loss']);
  expect(() => version('one', ['place'], 'corner')).toThrow('one has no output "corner"; it has: place');
});
