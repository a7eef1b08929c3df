import { expect, it } from 'vitest';
import { haveSameOutput, storeOutput } from './searched-output.js';

const unnamed = storeOutput(undefined);
const [digit, parity] = [
  storeOutput({ name: 'digit', isFirst: true }),
  storeOutput({ name: 'parity', isFirst: false }),
];

it('compares outputs by name, and a first output without a name with any first one', () => {
  expect(haveSameOutput(parity, parity)).toBe(true);
  expect(haveSameOutput(digit, parity)).toBe(false);
  expect(haveSameOutput(unnamed, digit)).toBe(true);
  expect(haveSameOutput(unnamed, parity)).toBe(false);
  expect(haveSameOutput(unnamed, unnamed)).toBe(true);
});

it('follows an output that is the first one of one version only', () => {
  expect(haveSameOutput(parity, storeOutput({ name: 'parity', isFirst: true }))).toBe(true);
  expect(haveSameOutput(digit, storeOutput({ name: 'parity', isFirst: true }))).toBe(false);
});
