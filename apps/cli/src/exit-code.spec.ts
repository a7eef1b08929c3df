import { DomainError } from '@noema/kernel';
import { expect, it } from 'vitest';
import { exitCode } from './exit-code.js';

it.each([
  ['invalid', 2],
  ['not-found', 3],
  ['unauthenticated', 4],
  ['unavailable', 5],
  ['internal', 1],
  ['cancelled', 130],
] as const)('%s ends with %i', (kind, code) => {
  expect(exitCode(new DomainError(kind, 'X', 'x'))).toBe(code);
});
it('a foreign error is a failure', () => {
  expect(exitCode(new TypeError('x'))).toBe(1);
});
