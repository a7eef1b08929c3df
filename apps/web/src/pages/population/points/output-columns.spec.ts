import { create } from '@bufbuild/protobuf';
import { DatasetVersionSchema } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { RunSchema } from '@noema/contracts/noema/training/v1/run';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { expect, it } from 'vitest';
import { codeTitle, columnTitle, isLogarithmic } from './column.js';
import { listColumns } from './column-catalog.js';
import { evaluatedBy } from './placed-rows.js';

const version = create(DatasetVersionSchema, {
  classNames: ['zero', 'one'],
  groundTruths: [
    { name: 'digit', dims: [2] },
    { name: 'size', dims: [1] },
  ],
});
const describe = (...outputs: string[]) =>
  evaluatedBy(
    version,
    create(RunSchema, {
      task: Task.MULTI_CLASS,
      objectives: outputs.map((output) => ({
        output,
        task: output === 'size' ? Task.REGRESSION : Task.MULTI_CLASS,
      })),
    }),
  );
const listNames = (...outputs: string[]) =>
  listColumns(describe(...outputs))
    .map(({ name }) => name)
    .filter((name) => name.startsWith('outputs.'));

it('offers the loss of the first of several outputs, and all columns of the others by their tasks', () => {
  expect(listNames('digit')).toEqual([]);
  expect(listNames('digit', 'size')).toEqual([
    'outputs.digit.loss',
    'outputs.size.loss',
    'outputs.size.prediction',
    'outputs.size.target',
    'outputs.size.residual',
  ]);
  expect(listNames('size', 'digit')).toContain('outputs.digit.true_class');
});

it('calls columns of an output by its name, also one with a dot', () => {
  expect(columnTitle('outputs.head.2.loss')).toBe('loss of head.2');
  expect(columnTitle('outputs.parity.correct')).toBe('correctness of parity');
  expect(codeTitle('outputs.parity.correct', 'false')).toBe('misclassified');
  expect([isLogarithmic('outputs.size.loss'), isLogarithmic('outputs.size.target')]).toEqual([true, false]);
});
