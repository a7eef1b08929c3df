import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { describe, expect, it } from 'vitest';
import { exampleFilters } from './example-filters.js';

describe('examples of filters', () => {
  it('take a column of numbers that are not whole, and a value that exists', () => {
    const columns = [
      { name: 'label', type: ColumnType.NUMBER, min: 0, max: 9, values: [] },
      { name: 'ink', type: ColumnType.NUMBER, min: 0.1, max: 0.3, values: [] },
      { name: 'writer', type: ColumnType.STRING, values: ['a "b"'] },
    ];
    expect(exampleFilters(columns).slice(0, 2)).toEqual([
      'split = "validation" AND metadata.ink > 0.2',
      'metadata.writer = "a \\"b\\""',
    ]);
  });

  it('are there without metadata', () => {
    expect(exampleFilters([])[0]).toBe('class_name = "9" OR class_name = "4"');
  });
});
