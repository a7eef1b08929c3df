export { Explainer, explainMembers, type ExplainOptions } from './explain/explain-members.js';
export { type AuditInput, type AuditResult, runAudit, type Verdict } from './audit/audit.js';
export { drawShells, type Shell, VERDICTS_PER_SHELL } from './audit/shells.js';
export { toBitSet } from './confirm/bit-set.js';
export type {
  Effect,
  EvidenceTable,
  Explanation,
  Finding,
  KindReport,
  NumberMeaning,
  Severity,
} from './finding/finding.js';
export { estimateSimilarity, signMembers } from './finding/identity.js';
export { evaluateMembership } from './finding/members.js';
export type { Condition, Membership } from './finding/membership.js';
export { formatCount, formatShare } from './finding/numbers.js';
export { severityOfLoss, severityOfMetric, severityOfSamples, weighSeverity } from './finding/severity.js';
export type { InsightKind, Need, SearchContext } from './kinds/insight-kind.js';
export { insightKinds } from './kinds/kind.registry.js';
export { judge as judgeOutliers } from './kinds/out-of-distribution/calibration.js';
export type { View as OutlierView } from './kinds/out-of-distribution/view.js';
export { computeViews as computeOutlierViews } from './kinds/out-of-distribution/views.js';
export { findConjunctions } from './low-performance/conjunctions.js';
export { joinGroups } from './population/groups.js';
export { assignHalves, CONFIRM, FIND, NEITHER } from './population/halves.js';
export { selectHeldOut } from './population/held-out.js';
export type {
  EpochRecord,
  InputKind,
  Inputs,
  MetadataColumn,
  Population,
  ResponseLayer,
  Space,
  UnitResponses,
} from './population/population.js';
export {
  type KindOutcome,
  runInsights,
  type RunOptions,
} from './run-insights.js';
export { defaultRecipe, type PlannedKind, planKinds, type Recipe } from './recipe.js';
export type { LabelEvidence } from './mislabelled/evidence.js';
export { selectJudgedLabels } from './mislabelled/judged-labels.js';
export { probeOutOfFold } from './mislabelled/probes.js';
export { type LabelRanking, rankLabels } from './mislabelled/rank-labels.js';
export { fitLogistic, type LogisticModel } from './statistics/logistic-regression.js';
