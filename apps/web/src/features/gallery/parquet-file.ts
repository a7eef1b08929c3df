import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';

/** A column of a Parquet file; `null` where there is no value. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: 'STRING' | 'FLOAT' | 'DOUBLE' | 'INT32' | 'BOOLEAN';
  readonly values: readonly (string | number | boolean | null)[];
}

/** The columns as a Parquet file; every column has the same number of values. */
export function toParquet(columns: readonly ParquetColumn[]): Blob {
  const columnData = columns.map(
    ({ name, type, values }): ColumnSource => ({ name, type, data: [...values], nullable: true }),
  );
  return new Blob([parquetWriteBuffer({ columnData })], { type: 'application/vnd.apache.parquet' });
}
