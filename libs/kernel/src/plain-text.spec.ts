import { expect, it } from 'vitest';
import { plainText } from './plain-text.js';

it.each([
  ['a color', '\u001b[31mred\u001b[0m', 'red'],
  ['a cleared screen', 'a\u001b[2J\u001b[Hb', 'ab'],
  ['a title of the window', '\u001b]0;owned\u0007x', 'x'],
  ['a link', '\u001b]8;;http://evil\u001b\\here\u001b]8;;\u001b\\', 'here'],
  ['eight-bit CSI', '\u009b31mx', 'x'],
  ['a reset', '\u001bcx', 'x'],
  ['an escape at the end', 'x\u001b', 'x'],
  ['a line that overwrites', 'bad\rgood', 'badgood'],
  ['backspaces', 'a\b\u007f\u0000b', 'ab'],
  ['letters that go backwards', 'a\u202eb\u2066c', 'abc'],
  ['lines, tabs and other letters', 'one\r\n\ttwo ü 数\n', 'one\n\ttwo ü 数\n'],
])('takes %s out of a text', (_, text, plain) => {
  expect(plainText(text)).toBe(plain);
});
