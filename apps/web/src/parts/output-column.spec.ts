import { expect, it } from 'vitest';
import { toOutputColumn } from './output-column.js';

it.each([
  ['loss', '', 'loss'],
  ['loss', 'digit', 'outputs.digit.loss'],
  ['correct', 'digit', 'correct'],
  ['correct', 'parity', 'outputs.parity.correct'],
  ['metadata.ink', 'parity', 'metadata.ink'],
])('finds %s of the output "%s" in %s', (column, output, expected) => {
  expect(toOutputColumn(column, output, ['digit', 'parity'])).toBe(expected);
  expect(toOutputColumn(column, output, ['digit'])).toBe(column);
});
