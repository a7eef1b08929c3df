import { type ParquetColumn, toParquet } from '../../../features/gallery/parquet-file.js';
import type { Column } from '../points/column.js';

/** The columns of the points as a Parquet file; a missing value is null. */
export const exportPoints = (columns: readonly Column[], points: Uint32Array): Blob =>
  toParquet(
    columns.map((column): ParquetColumn => {
      const { name, kind, values } = column;
      if (kind === 'number')
        return {
          name,
          type: 'FLOAT',
          values: Array.from(points, (point) => (Number.isNaN(values[point]) ? null : values[point]!)),
        };
      const { names, missing } = column;
      return {
        name,
        type: 'STRING',
        values: Array.from(points, (point) =>
          values[point] === missing ? null : (names[values[point]!] ?? null),
        ),
      };
    }),
  );
