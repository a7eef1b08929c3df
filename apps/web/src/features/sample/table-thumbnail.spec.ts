import { describe, expect, it } from 'vitest';
import { tableLines } from './table-thumbnail.js';

describe('lines of the thumbnail of a table', () => {
  it('has a line for each row: its last cell is the value, the others name it', () => {
    expect(
      tableLines({
        columns: ['column', 'value'],
        rows: [
          ['Beak Length (mm)', 40.3],
          ['Island', 'Torgersen'],
          ['Sex', null],
        ],
      }),
    ).toEqual([
      { name: 'Beak Length (mm)', value: '40.3' },
      { name: 'Island', value: 'Torgersen' },
      { name: 'Sex', value: '–' },
    ]);
    expect(
      tableLines({
        columns: ['day', 'hour', 'load'],
        rows: [
          ['Monday', 7, 0.5],
          ['Monday', 8, 0.75],
        ],
      }),
    ).toEqual([
      { name: 'Monday 7', value: '0.5' },
      { name: 'Monday 8', value: '0.75' },
    ]);
  });

  it('has a line for each column of a table of one row', () => {
    expect(tableLines({ columns: ['age', 'city', 'member'], rows: [[37, 'Bonn', true]] })).toEqual([
      { name: 'age', value: '37' },
      { name: 'city', value: 'Bonn' },
      { name: 'member', value: 'true' },
    ]);
  });

  it('has no lines of a table without rows', () => {
    expect(tableLines({ columns: ['a'], rows: [] })).toEqual([]);
  });
});
