import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { describe, expect, it } from 'vitest';
import { exampleFilters } from './example-filters.js';

describe('examples of filters', () => {
  it('take a column of numbers that are not whole, and values and classes that exist', () => {
    const metadataColumns = [
      { name: 'label', type: ColumnType.NUMBER, min: 0, max: 9, values: [] },
      { name: 'pen width', type: ColumnType.NUMBER, min: 0.1, max: 0.3, values: [] },
      { name: 'writer', type: ColumnType.STRING, values: ['a "b"'] },
    ];
    expect(exampleFilters({ classNames: ['cat', 'dog', 'owl'], metadataColumns }).slice(0, 3)).toEqual([
      'split = "validation" AND "metadata.pen width" > 0.2',
      'metadata.writer = "a \\"b\\""',
      'class_name = "dog" OR class_name = "owl"',
    ]);
  });

  it('are there without metadata and classes', () => {
    expect(exampleFilters({ classNames: [], metadataColumns: [] })).toEqual([
      'row < 100 AND NOT split = "training"',
    ]);
  });
});
