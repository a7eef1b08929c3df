import { expect, it } from 'vitest';
import { parseSize } from './gallery-size.js';

it.each([
  ['48', 48],
  ['224', 224],
  ['47', undefined],
  ['225', undefined],
  ['', undefined],
  ['9e1', undefined],
  ['-88', undefined],
])('takes the size %j for %j', (text, size) => {
  expect(parseSize(text)).toBe(size);
});
