export {
  type BinStrategy,
  brierScore,
  type Calibration,
  computeCalibration,
  type ReliabilityBin,
} from './reductions/calibration.js';
export {
  type ClassMetrics,
  type ClassReport,
  meanByClass,
  type MetricMeans,
  reportClasses,
} from './reductions/class-metrics.js';
export {
  type ClassColumns,
  computeConfusion,
  type ConfusionMatrix,
  type Normalization,
  normalizeConfusion,
} from './reductions/confusion.js';
export {
  type Area,
  estimateAreaUnderRoc,
  estimateAveragePrecision,
} from './reductions/area-intervals.js';
export {
  areaUnderRoc,
  averagePrecision,
  type Curve,
  precisionRecallCurve,
  rocCurve,
  thinCurve,
} from './reductions/curves.js';
export {
  type BinRange,
  computeHistogram,
  computeHistogram2d,
  confidenceHistogram,
  type Histogram,
} from './reductions/histogram.js';
export { type RankedCounts, rankScores, type ScoreColumns } from './reductions/ranking.js';
export { computeResiduals, type RegressionReport, reportRegression } from './reductions/regression.js';
export { sweepThresholds, type ThresholdMetrics } from './reductions/thresholds.js';
export {
  bcaInterval,
  bootstrapMeanInterval,
  type BootstrapOptions,
  percentileInterval,
  resampleMeans,
} from './statistics/bootstrap.js';
export {
  binomialCdf,
  chiSquareTail,
  logGamma,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from './statistics/distributions.js';
export { DEFAULT_CONFIDENCE, type Interval } from './statistics/interval.js';
export { computeMoments, meanInterval, type Moments, MomentTally } from './statistics/mean.js';
export { benjaminiHochberg, benjaminiYekutieli, holm } from './statistics/multiplicity.js';
export {
  countPairs,
  mcnemarExact,
  mcnemarMidP,
  type PairedCounts,
  pairedDifferenceInterval,
} from './statistics/paired.js';
export { type JudgedTest, MAX_REASON, toJudgedTest, toJudgedTests } from './judge/judged-test.js';
export { newcombeInterval, type Proportion, welchInterval } from './statistics/unpaired.js';
export { f1Interval, wilsonInterval } from './statistics/proportion.js';
export {
  samplesToDecide,
  type UndecidedEstimate,
} from './statistics/sample-size.js';
export {
  type InsightCondition,
  type InsightCount,
  type InsightExpectation,
  type InsightFixed,
  isInsightExpectation,
  parseInsightExpectation,
} from './grammar/insight-expression.js';
export { estimateMacroF1, type MacroF1 } from './reductions/f1-intervals.js';
export {
  type Chart,
  type EvaluationDocument,
  type InsightTest,
  type MarkChart,
  MARKS,
  SCATTER,
  type ScatterChart,
  parseDocument,
  type ReductionChart,
  REDUCTIONS,
  type SampleTest,
  type Slice,
  type TestCase,
} from './grammar/document.js';
export {
  type Aggregate,
  type Axis,
  type Expectation,
  formatAggregate,
  parseAggregate,
  parseAxis,
  parseExpectation,
} from './grammar/expression.js';
export { type ChartCell, ChartQueries, MAX_POINTS, type ScatterCells } from './query/chart-query.js';
export { type Column, columnName, filterFields, type Frame, FRAME_FIELDS } from './query/frame.js';
export { type Level } from './query/levels.js';
export { judgeTest, type TestResult } from './judge/judge.js';
export { judgeInsightCount, type JudgedInsights, undecidedTest } from './judge/judge-insights.js';
export type { JudgedSamples, PreviousSamples } from './judge/judged-samples.js';
export type { Verdict } from './judge/verdict.js';
export { type NumericField } from './query/frame.js';
export { findClass, type Outputs, readScore, reduceOutputs } from './query/reduce.js';
export {
  compareGroups,
  compareVersions,
  type Estimate,
  flagChanges,
  type FlaggedChange,
  type MetricChange,
} from './compare/compare-versions.js';
export { metricTitle } from './compare/metric-titles.js';
export { type DifferingSetting, differingSettings } from './compare/differing-settings.js';
export {
  computeOutcomes,
  CORRECTNESS_OUTCOMES,
  NUMBER_OUTCOMES,
  type NumberPair,
  type Outcome,
  type Outcomes,
  type VersionPair,
} from './compare/version-pair.js';
export {
  type ComparedMetrics,
  type ComparedVersion,
  findMetrics,
  findRefusal,
} from './compare/comparable.js';
export { findOutput } from './compare/find-output.js';
