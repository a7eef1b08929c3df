import { expect, it } from 'vitest';
import { describeOutputs } from './outputs-note.js';

const output = (name: string, loss?: object) => ({ output: name, ...(loss && { loss }) }) as never;

it('names the output that is shown, and the outputs in the losses', () => {
  expect(describeOutputs([output('digit', {})])).toBeUndefined();
  expect(describeOutputs([])).toBeUndefined();
  expect(describeOutputs([output('digit', {}), output('parity', {})])).toBe(
    'Predictions, classes and heat maps show the output "digit". "parity" is not shown; losses of samples ' +
      'include "parity".',
  );
  expect(describeOutputs([output('a', {}), output('b'), output('c', {})])).toContain(
    '"b", "c" are not shown; losses of samples include "c".',
  );
});
