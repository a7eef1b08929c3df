export { DatasetCatalog, type TeamClients } from './catalog/dataset-catalog.js';
export { type RowLosses, type RowPredictions, SampleScores } from './catalog/sample-scores.js';
export type {
  DatasetShard,
  DatasetVersionInfo,
  DeclaredScores,
  SplitRange,
  TensorShape,
} from './catalog/dataset-version.js';
export { formatBits, hasRow } from './samples/row-mask.js';
export { SampleIndex } from './samples/sample-index.js';
export { type ColumnSummary, type JoinedTable, SampleJoin } from './samples/sample-join.js';
export type { MetadataCells, MetadataType, SampleRows } from './samples/sample-rows.js';
export {
  sampleExpression,
  SampleTable,
  type SampleColumn,
  type SampleQuery,
  type SampleRecord,
} from './samples/sample-table.js';
export { SampleTables } from './samples/sample-tables.js';
export { readSampleShard, writeSampleShard, writeSampleTable } from './samples/sample-writer.js';
