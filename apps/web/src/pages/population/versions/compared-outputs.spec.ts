import { create } from '@bufbuild/protobuf';
import { RunSchema } from '@noema/contracts/noema/training/v1/run';
import { expect, it } from 'vitest';
import { describeComparedOutputs, uniteOutputs } from './compared-outputs.js';

const run = (...outputs: string[]) =>
  create(RunSchema, { objectives: outputs.map((output) => ({ output, loss: {} })) });

it('offers the outputs of both versions, each once', () => {
  const names = uniteOutputs(run('place', 'corner'), run('corner', 'size')).map(({ output }) => output);
  expect(names).toEqual(['place', 'corner', 'size']);
  expect(uniteOutputs(run('place'), undefined)).toHaveLength(1);
});

it('names the compared output once, or for each version where their outputs differ', () => {
  const [two, same] = [run('place', 'corner'), run('place', 'corner')];
  expect(describeComparedOutputs(run('place'), run('place'), '')).toEqual([]);
  expect(describeComparedOutputs(two, same, 'corner')).toEqual([
    'The model has 2 outputs: "place", "corner". Predictions, classes and losses are of "corner".',
  ]);
  expect(describeComparedOutputs(run('place'), two, '')).toEqual([
    expect.stringMatching(/^B: The model has 2 outputs: .* of "place", and losses are the sum/),
  ]);
  expect(describeComparedOutputs(two, run('corner', 'size'), '')).toHaveLength(2);
});
