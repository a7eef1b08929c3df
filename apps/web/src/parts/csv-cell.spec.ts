import { expect, it } from 'vitest';
import { csvCell } from './csv-cell.js';

it.each([
  ['a', 'a'],
  ['a,b', '"a,b"'],
  ['say "so"', '"say ""so"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['-5', '-5'],
  ['@x', "'@x"],
  ['-1.5e-7', '-1.5e-7'],
  ['=a,b', `"'=a,b"`],
])('%j is the cell %j', (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});
