import { describe, expect, it } from 'vitest';
import { selectRows, seededRandom } from './index.js';

const none = new Uint8Array();

describe('a selection of rows', () => {
  it('lists them rising, whichever form is given', () => {
    const random = seededRandom(3);
    const wanted = Array.from({ length: 1_003 }, (_, row) => row).filter(() => random() < 0.3);
    const bitmap = new Uint8Array(126);
    for (const row of wanted) bitmap[Math.floor(row / 8)]! += 2 ** (row % 8);
    expect([...selectRows({ rows: [], bitmap }, 1_003)]).toEqual(wanted);
    expect([...selectRows({ rows: wanted.toReversed(), bitmap: none }, 1_003)]).toEqual(wanted);
  });
  it('may have a bitmap that is shorter, or longer with zeros', () => {
    expect([...selectRows({ rows: [], bitmap: Uint8Array.of(0b1000_0001) }, 1_000_000)]).toEqual([0, 7]);
    expect([...selectRows({ rows: [], bitmap: Uint8Array.of(1, 0, 0) }, 3)]).toEqual([0]);
  });
  it.each([
    ['nothing', undefined, 'SELECTION_MISSING', /set selection.rows/],
    ['neither', { rows: [], bitmap: none }, 'SELECTION_MISSING', /set selection.rows/],
    [
      'both',
      { rows: [1], bitmap: Uint8Array.of(1) },
      'SELECTION_AMBIGUOUS',
      /1 rows and a bitmap of 1 bytes/,
    ],
    ['a bitmap of zeros', { rows: [], bitmap: Uint8Array.of(0, 0) }, 'SELECTION_EMPTY', /2 bytes/],
    ['a row that is too high', { rows: [4, 10], bitmap: none }, 'ROW_INVALID', /row 10 .* 0 to 9/],
    ['a row below zero', { rows: [-1], bitmap: none }, 'ROW_INVALID', /row -1/],
    [
      'a bit beyond the end',
      { rows: [], bitmap: Uint8Array.of(1, 0b100) },
      'ROW_INVALID',
      /row 10 .* 0 to 9/,
    ],
    ['a row twice', { rows: [3, 1, 3], bitmap: none }, 'ROW_TWICE', /row 3/],
  ])('with %s is refused by value', (_what, selection, reason, message) => {
    expect(() => selectRows(selection, 10)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        reason,
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });
});
