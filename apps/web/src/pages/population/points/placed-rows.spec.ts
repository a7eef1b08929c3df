import { describe, expect, it } from 'vitest';
import { listColumns, selectFirstColumns } from './column-catalog.js';
import { describeBoth, findOwner, rowsBefore } from './placed-rows.js';

const column = (name: string, type: number) => ({ name, type }) as never;
const own = { classNames: ['0', '1'], metadataColumns: [column('ink', 1)], splits: [{} as never] };
const other = {
  classNames: ['1', 'other'],
  metadataColumns: [column('ink', 2), column('camera', 2)],
  splits: [],
};

describe('rows of other data in a map', () => {
  it('are rows of their own dataset version', () => {
    const scope = { datasetVersionId: 'own', placed: { firstRow: 300, datasetVersionId: 'other' } };
    expect(findOwner(scope, 299)).toEqual({ datasetVersionId: 'own', row: 299, isPlaced: false });
    expect(findOwner(scope, 300)).toEqual({ datasetVersionId: 'other', row: 0, isPlaced: true });
    expect(findOwner(scope, 389)).toEqual({ datasetVersionId: 'other', row: 89, isPlaced: true });
    expect(findOwner({ datasetVersionId: 'own' }, 300)).toEqual({
      datasetVersionId: 'own',
      row: 300,
      isPlaced: false,
    });
  });

  it(
    'have the classes and metadata of both, each once and the own first, and an origin before the other ' +
      'data are known',
    () => {
      const both = describeBoth(own, other);
      expect(both.classNames).toEqual(['0', '1', 'other']);
      expect(both.metadataColumns.map(({ name, type }) => [name, type])).toEqual([
        ['ink', 1],
        ['camera', 2],
      ]);
      expect(listColumns(both).map(({ name }) => name)).toEqual(
        expect.arrayContaining(['origin', 'metadata.camera']),
      );
      expect(selectFirstColumns(describeBoth(own, undefined), { color: 'origin', size: 'loss' })).toContain(
        'origin',
      );
      expect(listColumns(own).map(({ name }) => name)).not.toContain('origin');
      expect(selectFirstColumns(own, { color: 'origin', size: 'loss' })).not.toContain('origin');
    },
  );

  it('are left out of a bitmap of rows', () => {
    const bitmap = Uint8Array.of(0b10000001, 0b11110001, 0xff);
    expect(rowsBefore(bitmap, 13)).toEqual({ bitmap: Uint8Array.of(0b10000001, 0b00010001), count: 4 });
    expect(rowsBefore(bitmap, 8)).toEqual({ bitmap: Uint8Array.of(0b10000001), count: 2 });
  });
});
