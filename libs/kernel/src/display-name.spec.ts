import { expect, it } from 'vitest';
import { displayName } from './display-name.js';

it.each([
  ['', /is empty/],
  [' \t ', /is empty/],
  ['x'.repeat(121), /121 characters/],
  ['a\u0000b', /control/],
])('refuses the name %j', (name, why) => {
  expect(() => displayName(name)).toThrow(why);
});
it('trims a name', () => {
  expect(displayName('  Ziffern ✓ ')).toBe('Ziffern ✓');
});
