import { create } from '@bufbuild/protobuf';
import { DatasetVersionSchema } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { RunSchema } from '@noema/contracts/noema/training/v1/run';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { expect, it } from 'vitest';
import { toMapColumn } from './dashboard.query.js';
import { listFields } from './dashboard-fields.js';
import { renameColumns } from './frame-columns.js';

const loss = { name: 'any' };
const run = create(RunSchema, {
  displayName: 'first',
  task: Task.MULTI_CLASS,
  objectives: [
    { output: 'digit', task: Task.MULTI_CLASS, loss },
    { output: 'size', task: Task.REGRESSION, loss },
    { output: 'parity', task: Task.MULTI_CLASS },
  ],
});
const version = create(DatasetVersionSchema, {
  classNames: ['zero', 'one'],
  groundTruths: [
    { name: 'digit', dims: [2] },
    { name: 'size', dims: [1] },
  ],
});
const names = (output: string) => listFields(run, version, output).map(({ name }) => name);
const own = (output: string) => names(output).filter((name) => !name.startsWith('outputs.'));

it('has the fields of the task of an output', () => {
  expect(names('')).toEqual(names('digit'));
  expect(names('')).toContain('true_class');
  expect(own('size')).toEqual(['loss', 'prediction', 'target', 'residual', 'split']);
  // Without ground truth nothing is compared.
  expect(own('parity')).toEqual(['predicted_class', 'confidence', 'split']);
});

it('has the fields of each output by its name, of the first one its loss alone', () => {
  expect(names('').filter((name) => name.startsWith('outputs.'))).toEqual([
    'outputs.digit.loss',
    ...['loss', 'prediction', 'target', 'residual'].map((name) => `outputs.size.${name}`),
    ...['predicted_class', 'confidence'].map((name) => `outputs.parity.${name}`),
  ]);
  expect(
    listFields({ ...run, objectives: run.objectives.slice(0, 1) }, version).map(({ name }) => name),
  ).toEqual(own(''));
});

it('reads the fields of an output from its own columns of the map', () => {
  const source = toMapColumn({ run, output: 'size' }, 'loss');
  expect(source).toBe('outputs.size.loss');
  expect(toMapColumn({ run, output: 'size' }, 'split')).toBe('split');
  expect(() => toMapColumn({ run, output: 'kind' }, 'loss')).toThrow(
    'first has no output "kind"; it has: digit, size, parity',
  );
  const values = Float32Array.of(1);
  const { numbers } = renameColumns(
    { numbers: new Map([[source, values]]), codes: new Map() },
    new Map([['loss', source]]),
  );
  expect([...numbers]).toEqual([['loss', values]]);
});
