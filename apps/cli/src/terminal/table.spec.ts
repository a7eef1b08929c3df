import { expect, it } from 'vitest';
import { formatTable } from './table.js';

it('aligns columns by their longest value, not counting colours', () => {
  const lines = formatTable(
    [
      { n: 'a', v: 7 },
      { n: '\x1b[31mlong\x1b[39m', v: 123 },
    ],
    [
      { heading: 'NAME', value: (r) => r.n },
      { heading: 'VALUE', value: (r) => r.v, align: 'right' },
    ],
  );
  expect(lines).toEqual(['NAME  VALUE', 'a         7', '\x1b[31mlong\x1b[39m    123']);
});
