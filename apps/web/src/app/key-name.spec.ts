import { expect, it } from 'vitest';
import { keyNames } from './key-name.js';

it.each([
  ['e', ['E'], ['E']],
  ['?', ['?'], ['?']],
  ['Shift+ArrowLeft', ['Shift', '←'], ['⇧', '←']],
  ['Mod+s', ['Ctrl', 'S'], ['⌘', 'S']],
  ['Mod++', ['Ctrl', '+'], ['⌘', '+']],
  [' ', ['Space'], ['Space']],
])('%j', (shortcut, elsewhere, onMac) => {
  expect([keyNames(shortcut, false), keyNames(shortcut, true)]).toEqual([elsewhere, onMac]);
});
