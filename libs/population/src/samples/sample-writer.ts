import { OpenTable, type TableColumn, writeTable } from '@noema/artifacts';
import { metadataColumn, metadataName, SAMPLE_COLUMNS as COLUMNS } from '../rules/index.js';
import { CELL_TYPES, type MetadataType, type SampleRows } from './sample-rows.js';

const METADATA_TYPES: Readonly<Record<string, MetadataType>> = {
  float64: 'number',
  string: 'string',
  boolean: 'boolean',
};

/** Parquet bytes of the samples of one shard, which the whole table is made of. */
export const writeSampleShard = (samples: SampleRows): Promise<Uint8Array> =>
  writeTable([...ownColumns(samples), ...metadataColumns(samples)]);

/** Reads what `writeSampleShard` wrote. Throws `data-loss` PARQUET_INVALID, SAMPLES_INVALID. */
export async function readSampleShard(parquet: Uint8Array): Promise<SampleRows> {
  const table = await OpenTable.of(parquet);
  try {
    const { columns } = await table.query();
    const values = (name: string) => columns.find((column) => column.name === name)!.values;
    return {
      splits: Array.from(values(COLUMNS.split), String),
      sampleIds: Array.from(values(COLUMNS.sampleId), String),
      classIndexes: Array.from(values(COLUMNS.classIndex), Number),
      metadata: columns.flatMap((column) => {
        const name = metadataName(column.name);
        if (name === undefined) return [];
        const cells = Array.from(column.values);
        return {
          name,
          values: cells,
          type: cells.some((cell) => cell !== null) ? METADATA_TYPES[column.type] : undefined,
        };
      }),
    };
  } finally {
    await table.close();
  }
}

/**
 * Parquet bytes of a sample table: one row a sample, in the order of the rows, with the columns `row`,
 * `shard`, `split`, `sample_id`, `class_index`, `class_name` and `metadata.<name>`. A sample without a class
 * has the index −1 and an empty class name.
 */
export function writeSampleTable(
  samples: SampleRows,
  { classNames, shardSize }: { readonly classNames: readonly string[]; readonly shardSize: number },
): Promise<Uint8Array> {
  const rows = samples.sampleIds.map((_, row) => row);
  return writeTable([
    { name: COLUMNS.row, type: 'int32', values: rows },
    { name: COLUMNS.shard, type: 'int32', values: rows.map((row) => Math.floor(row / shardSize)) },
    ...ownColumns(samples),
    {
      name: COLUMNS.className,
      type: 'string',
      values: samples.classIndexes.map((index) => classNames[index] ?? ''),
    },
    ...metadataColumns(samples),
  ]);
}

const ownColumns = ({ splits, sampleIds, classIndexes }: SampleRows): TableColumn[] => [
  { name: COLUMNS.split, type: 'string', values: splits },
  { name: COLUMNS.sampleId, type: 'string', values: sampleIds },
  { name: COLUMNS.classIndex, type: 'int32', values: classIndexes },
];

const metadataColumns = ({ metadata }: SampleRows): TableColumn[] =>
  metadata.map(({ name, type, values }) => ({
    name: metadataColumn(name),
    type: CELL_TYPES[type ?? 'string'],
    values,
  }));
