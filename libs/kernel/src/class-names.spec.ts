import { expect, it } from 'vitest';
import { compareClassNames, listClassNames } from './class-names.js';

it.each([
  ['equal', ['Cat', 'fire truck'], ['cat', 'Fire_Truck']],
  ['reordered', ['cat', 'dog', 'ape'], ['ape', 'cat', 'dog']],
  ['different', ['cat', 'dog'], ['cat', 'car']],
  ['different', ['cat', 'dog', 'ape'], ['cat', 'dog']],
  ['unknown', [], ['cat', 'dog']],
  ['unknown', ['cat', 'dog'], []],
  ['unknown', ['cat', 'cat'], ['cat', 'dog']],
] as const)('classes are %s: %j, %j', (expected, model, data) => {
  expect(compareClassNames(model, data)).toBe(expected);
});

it('lists twelve names', () => {
  expect(listClassNames(['a', 'b'])).toBe('a, b');
  expect(listClassNames(Array.from({ length: 13 }, (_, i) => `${i}`))).toBe(
    '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … (13)',
  );
});
