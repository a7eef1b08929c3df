import { expect, it } from 'vitest';
import { keyOfFragment } from './fragment-key.js';

it.each<[string, string | undefined]>([
  ['', undefined],
  ['#', undefined],
  ['#key=', undefined],
  ['#section', undefined],
  ['#key=noema_a_b-_c', 'noema_a_b-_c'],
  ['#key=noema%5Fa', 'noema_a'],
])('%s carries %s', (fragment, key) => {
  expect(keyOfFragment(fragment)).toBe(key);
});
