import { create } from '@bufbuild/protobuf';
import { MethodParameterSchema, ParameterType } from '@noema/contracts/noema/methods/v1/method';
import { expect, it } from 'vitest';
import { parseNumbers, requestedSettings, settingFaults, shownSettings } from './method-settings.js';

const parameter = (name: string, type: ParameterType, limits: object = {}) =>
  create(MethodParameterSchema, { name, type, ...limits });
const PARAMETERS = [
  parameter('rate', ParameterType.NUMBER, { minimum: 0, below: 1 }),
  parameter('steps', ParameterType.INTEGER, { minimum: 1 }),
  parameter('above', ParameterType.NUMBER, { above: 0, maximum: 2 }),
  parameter('values', ParameterType.NUMBERS),
  parameter('nesterov', ParameterType.BOOLEAN),
];

it('accepts what the catalogue allows, and settings without a value', () => {
  expect(
    settingFaults(PARAMETERS, { rate: 0, steps: 5, above: 2, values: [1, 0.5], nesterov: true }),
  ).toEqual({});
  expect(settingFaults(PARAMETERS, { rate: '' })).toEqual({});
});

it('says of each setting what the catalogue allows', () => {
  expect(settingFaults(PARAMETERS, { rate: 1, steps: 1.5, above: 0, values: '1, two' })).toEqual({
    rate: 'give a number from 0 below 1',
    steps: 'give a whole number from 1',
    above: 'give a number above 0 up to 2',
    values: 'give numbers divided by commas',
  });
});

it.each([
  ['100, 0.5', [100, 0.5]],
  ['100,', '100,'],
  ['one', 'one'],
  [' ', ''],
])('reads "%s" as numbers, or leaves the text', (text, value) => {
  expect(parseNumbers(text)).toEqual(value);
});

it('requests settings with a value, and shows the settings of an earlier request', () => {
  expect(requestedSettings({ rate: 0.1, steps: '', nesterov: false, values: [1] })).toEqual({
    rate: 0.1,
    nesterov: false,
    values: [1],
  });
  expect(shownSettings({ rate: 0.1, nested: { a: 1 }, values: [1], nothing: null })).toEqual({
    rate: 0.1,
    values: [1],
  });
});
