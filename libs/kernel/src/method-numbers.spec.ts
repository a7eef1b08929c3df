import { expect, it } from 'vitest';
import { MethodNumbers } from './method-numbers.js';

const numbers = new MethodNumbers<number>({ pca: 1, umap: 2 }, { number: 'algorithm', key: 'method' }, 0);

it.each([
  ['a number', 2, '', 'umap'],
  ['a key', 0, 'umap', 'umap'],
  ['both, when they name the same', 2, 'umap', 'umap'],
  ['a key that never had a number', 0, 'tsne', 'tsne'],
  ['a number that no method has, by its digits', 7, '', '7'],
  ['nothing', 0, '', undefined],
])('reads %s', (_, number, key, expected) => {
  expect(numbers.key(number, key)).toBe(expected);
});

it('refuses a number and a key that name two methods', () => {
  expect(() => numbers.key(1, 'umap')).toThrow('method is "umap" and algorithm is "pca"; give method alone');
});

it('writes the number of a method, unspecified for one that never had any', () => {
  expect(['pca', 'tsne'].map((key) => numbers.number(key))).toEqual([1, 0]);
});
