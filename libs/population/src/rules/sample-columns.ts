/** The columns of a sample table; filters over samples name them as fields. */
export const SAMPLE_COLUMNS = {
  row: 'row',
  shard: 'shard',
  split: 'split',
  sampleId: 'sample_id',
  classIndex: 'class_index',
  className: 'class_name',
} as const;

const METADATA = 'metadata.';

/** The column of a metadata field, `metadata.<name>`. */
export const metadataColumn = (name: string): string => `${METADATA}${name}`;

/** The name of the metadata in a column; undefined for a column of another kind. */
export const metadataName = (column: string): string | undefined =>
  column.startsWith(METADATA) ? column.slice(METADATA.length) : undefined;
