export { classNamesFor } from './class-names.js';
export {
  EVALUATION_COLUMNS,
  isOutputColumn,
  metricColumn,
  metricName,
  outputColumn,
  parseOutputColumn,
  toOutputColumn,
} from './evaluation-columns.js';
export { matchColumns } from './match-columns.js';
export { findDifference, MAX_DIFFERENCE } from './output-difference.js';
export type { EvaluatedPositions, OutputEvaluation, SampleMetric } from './output-evaluation.js';
export { metadataColumn, metadataName, SAMPLE_COLUMNS } from './sample-columns.js';
export type { RecordedLayer } from './recorded-layer.js';
