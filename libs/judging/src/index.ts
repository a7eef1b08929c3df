export { findFieldRefusal, type RunEpoch, toComparedVersion } from './compared-version.js';
export {
  checkRows,
  FIELDS,
  readCorrect,
  resolveEpoch,
  type Rows,
  RunSamples,
  type RunSamplesOptions,
  toSamples,
} from './run-samples.js';
export { runTests, type TestRunOptions } from './run-tests.js';
export type { EvaluationReader } from './run-samples.js';
export { EvaluationCache, type TeamCache } from './evaluation-cache.js';
export { type InsightReader, RunInsights } from './run-insights.js';
