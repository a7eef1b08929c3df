import { expect, it } from 'vitest';
import { nonFiniteIn } from './non-finite.js';

it('finds every number that is not finite, by its place', () => {
  expect(nonFiniteIn({ a: { b: [1, 'NaN', { c: '-Infinity' }] }, d: 'Nancy', e: null }, '/x')).toEqual([
    '/x.a.b.1 is NaN',
    '/x.a.b.2.c is -Infinity',
  ]);
});
