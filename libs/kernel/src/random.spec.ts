import { expect, it } from 'vitest';
import { fillWords, seededRandom } from './random.js';

it('fills arrays with the numbers that the generator gives one by one', () => {
  const words = new Uint32Array(1000), random = seededRandom(7, 3, 2 ** 32 - 1);
  fillWords(words, 7, 3, 2 ** 32 - 1);
  expect(Array.from(words, (word) => word / 2 ** 32)).toEqual(Array.from(words, random));
});
