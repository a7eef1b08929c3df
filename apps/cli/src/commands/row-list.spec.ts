import { describe, expect, it } from 'vitest';
import { parseRows } from './row-list.js';

describe('a list of rows', () => {
  it.each([
    ['3', [3]],
    ['9, 3,5-7', [3, 5, 6, 7, 9]],
    ['1-3,2-4', [1, 2, 3, 4]],
  ])('"%s" is %j', (text, rows) => {
    expect(parseRows(text)).toEqual(rows);
  });

  it.each(['', 'a', '3-', '-3', '7-5', '1.5', '1,,2', '0-1000000'])('refuses "%s"', (text) => {
    expect(() => parseRows(text)).toThrow(/row/);
  });
});
