import { create } from '@bufbuild/protobuf';
import { MethodSchema, ParameterType } from '@noema/contracts/noema/methods/v1/method';
import { expect, it } from 'vitest';
import { findMethod, readSettings, settingText } from './method-settings.js';

const toy = create(MethodSchema, {
  key: 'toy_w',
  parameters: [
    { name: 'rate', type: ParameterType.NUMBER },
    { name: 'steps', type: ParameterType.INTEGER },
    { name: 'fast', type: ParameterType.BOOLEAN },
    { name: 'at', type: ParameterType.NUMBERS },
    { name: 'start', type: ParameterType.CHOICE, choices: [{ value: 'left' }, { value: 'right' }] },
  ],
});
const read = (...texts: string[]) =>
  readSettings(
    'optimizer',
    toy,
    texts.reduce((before, text) => settingText(text, before), [] as ReturnType<typeof settingText>),
  );

it('gives settings of a method that is unknown to the command line the types that it describes', () => {
  expect(read('rate=1e-3', 'steps=5', 'fast=true', 'at=100', 'start=left')).toEqual({
    rate: 0.001,
    steps: 5,
    fast: true,
    at: [100],
    start: 'left',
  });
  expect(read('at=1,2.5')).toEqual({ at: [1, 2.5] });
});

it.each([
  ['speed=1', 'optimizer toy_w has no setting "speed"; known: rate, steps, fast, at, start'],
  ['rate=fast', 'rate of toy_w is "fast"; give a number'],
  ['rate=', 'rate of toy_w is ""; give a number'],
  ['fast=1', 'fast of toy_w is "1"; give true or false'],
  ['at=1,', 'at of toy_w is "1,"; give numbers divided by commas'],
  ['start=up', 'start of toy_w is "up"; give left or right'],
])('refuses %s', (text, message) => {
  expect(() => read(text)).toThrow(message);
});

it('refuses a text without "=", and settings of a method that is not known', () => {
  expect(() => settingText('momentum')).toThrow('such as momentum=0.9');
  expect(() => readSettings('loss', undefined, settingText('delta=1'))).toThrow('the loss of these settings');
  expect(readSettings('loss', undefined, [])).toEqual({});
});

it('finds a method however its key is written, and the default one', () => {
  const usual = create(MethodSchema, { key: 'usual', facts: { usedByDefault: true } });
  expect(findMethod([toy, usual], 'ToyW')).toBe(toy);
  expect(findMethod([toy, usual], undefined)).toBe(usual);
  expect(findMethod([toy], 'other')).toBeUndefined();
});
