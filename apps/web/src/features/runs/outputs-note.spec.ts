import { expect, it } from 'vitest';
import { describeOutputs, listOutputs } from './outputs-note.js';

const output = (name: string, loss?: object) => ({ output: name, ...(loss && { loss }) }) as never;

it('names the output that is shown without a choice, and the outputs in the losses', () => {
  expect(describeOutputs([output('digit', {})])).toBeUndefined();
  expect(describeOutputs([])).toBeUndefined();
  expect(describeOutputs([output('digit', {}), output('parity', {})])).toBe(
    'The model has 2 outputs: "digit", "parity". Where none is chosen, predictions, classes and heat maps are of ' +
      '"digit", and losses are the sum over all outputs.',
  );
  expect(describeOutputs([output('a', {}), output('b'), output('c', {})])).toContain(
    'the sum over "a", "c".',
  );
  expect(describeOutputs([output('digit', {}), output('parity', {})], 'parity')).toBe(
    'The model has 2 outputs: "digit", "parity". Predictions, classes and losses are of "parity".',
  );
  expect(describeOutputs([output('digit'), output('parity')], 'size')).toContain('None is called "size".');
});

it('lists the outputs as choices where there are several', () => {
  expect(listOutputs([output('digit')])).toEqual([]);
  expect(listOutputs([output('digit'), output('parity')])).toEqual([
    { value: '', label: 'digit, loss of all' },
    { value: 'digit', label: 'digit' },
    { value: 'parity', label: 'parity' },
  ]);
});

it('lists an unknown output that was chosen, so that another one can be chosen', () => {
  expect(listOutputs([output('digit'), output('parity')], 'parity')).toHaveLength(3);
  expect(listOutputs([output('digit'), output('parity')], 'size').at(-1)).toEqual({
    value: 'size',
    label: 'size, unknown',
  });
  expect(listOutputs([output('digit')], 'size')).toEqual([
    { value: '', label: 'digit' },
    { value: 'size', label: 'size, unknown' },
  ]);
});
