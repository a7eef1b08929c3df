import type { JsonValue } from '@bufbuild/protobuf';
import { ColumnType, type DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import { type ParquetColumn, toParquet } from './parquet-file.js';
import { splitName } from '../../parts/address/split.js';

type Cell = string | number | boolean | null;

/** Samples as a Parquet file: row, split, id, class and all metadata columns with their types. */
export async function sampleParquet(
  { metadataColumns }: Pick<DatasetVersion, 'metadataColumns'>,
  pages: AsyncIterable<readonly Sample[]>,
): Promise<Blob> {
  const samples: Sample[] = [];
  for await (const page of pages) samples.push(...page);
  const column = (
    name: string,
    type: ParquetColumn['type'],
    read: (sample: Sample) => Cell,
  ): ParquetColumn => ({ name, type, values: samples.map(read) });
  return toParquet([
    column('row', 'INT32', ({ row }) => row),
    column('split', 'STRING', ({ ref }) => splitName(ref?.split ?? 0)),
    column('sample_id', 'STRING', ({ ref }) => ref?.sampleId ?? ''),
    column('class_name', 'STRING', ({ className }) => (className === '' ? null : className)),
    ...metadataColumns.map(({ name, type }) => {
      const parquetType =
        type === ColumnType.NUMBER ? 'DOUBLE' : type === ColumnType.BOOLEAN ? 'BOOLEAN' : 'STRING';
      return column(`metadata.${name}`, parquetType, ({ metadata }) => toCell(metadata?.[name], parquetType));
    }),
  ]);
}

/** A value of a column; none where it is not of the type of the column. */
function toCell(data: JsonValue | undefined, type: 'DOUBLE' | 'BOOLEAN' | 'STRING'): Cell {
  if (data === undefined || data === null) return null;
  if (type === 'DOUBLE') return typeof data === 'number' ? data : null;
  if (type === 'BOOLEAN') return typeof data === 'boolean' ? data : null;
  return typeof data === 'string' ? data : JSON.stringify(data);
}
