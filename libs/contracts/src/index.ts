import type { DescService } from '@bufbuild/protobuf';
import { ActivationSetService } from './gen/noema/activations/v1/activation_set_service_pb.js';
import { PerceptionSpaceService } from './gen/noema/activations/v1/perception_space_service_pb.js';
import { UnitService } from './gen/noema/activations/v1/unit_service_pb.js';
import { ArtifactService } from './gen/noema/artifacts/v1/artifact_service_pb.js';
import { DatasetService } from './gen/noema/datasets/v1/dataset_service_pb.js';
import { IntegrationService } from './gen/noema/datasets/v1/integration_service_pb.js';
import { SampleService } from './gen/noema/datasets/v1/sample_service_pb.js';
import { SliceService } from './gen/noema/datasets/v1/slice_service_pb.js';
import { UploadService } from './gen/noema/datasets/v1/upload_service_pb.js';
import { AnalysisService } from './gen/noema/explanations/v1/analysis_service_pb.js';
import { SanityCheckService } from './gen/noema/explanations/v1/sanity_check_service_pb.js';
import { SelectionAnalysisService } from './gen/noema/explanations/v1/selection_analysis_service_pb.js';
import { ServedModelService } from './gen/noema/explanations/v1/served_model_service_pb.js';
import { SimilarityAnalysisService } from './gen/noema/explanations/v1/similarity_analysis_service_pb.js';
import { SessionService } from './gen/noema/gateway/v1/session_service_pb.js';
import { InsightSearchService } from './gen/noema/insights/v1/insight_search_service_pb.js';
import { InsightService } from './gen/noema/insights/v1/insight_service_pb.js';
import { JobService } from './gen/noema/jobs/v1/job_service_pb.js';
import { MethodService } from './gen/noema/methods/v1/method_service_pb.js';
import { ExplorationService } from './gen/noema/projection/v1/exploration_service_pb.js';
import { DashboardService } from './gen/noema/quality/v1/dashboard_service_pb.js';
import { IssueService } from './gen/noema/quality/v1/issue_service_pb.js';
import { IssueCommentService } from './gen/noema/quality/v1/issue_comment_service_pb.js';
import { TestResultService } from './gen/noema/quality/v1/test_result_service_pb.js';
import { TestJudgmentService } from './gen/noema/quality/v1/test_judgment_service_pb.js';
import { TestSuiteService } from './gen/noema/quality/v1/test_suite_service_pb.js';
import { IndexService } from './gen/noema/similarity/v1/index_service_pb.js';
import { NeighborGraphService } from './gen/noema/similarity/v1/neighbor_graph_service_pb.js';
import { SimilarityService } from './gen/noema/similarity/v1/similarity_service_pb.js';
import { EpochService } from './gen/noema/training/v1/epoch_service_pb.js';
import { EvaluationService } from './gen/noema/training/v1/evaluation_service_pb.js';
import { ModelService } from './gen/noema/training/v1/model_service_pb.js';
import { RecordingService } from './gen/noema/training/v1/recording_service_pb.js';
import { RunService } from './gen/noema/training/v1/run_service_pb.js';
import { ApiKeyService } from './gen/noema/workspace/v1/api_key_service_pb.js';
import { AuditService } from './gen/noema/workspace/v1/audit_service_pb.js';
import { IdentityService } from './gen/noema/workspace/v1/identity_service_pb.js';
import { MemberService } from './gen/noema/workspace/v1/member_service_pb.js';
import { ProjectService } from './gen/noema/workspace/v1/project_service_pb.js';
import { SecretService } from './gen/noema/workspace/v1/secret_service_pb.js';
import { TeamService } from './gen/noema/workspace/v1/team_service_pb.js';
import { TokenService } from './gen/noema/workspace/v1/token_service_pb.js';
import { UsageService } from './gen/noema/workspace/v1/usage_service_pb.js';

export { type AuditAction, auditActions } from './audit-actions.js';
export { artifactRefMessage, parseArtifactRef } from './artifact-ref.js';
export { enumField } from './enum-field.js';
export { ARTIFACT_SERVICES, JOB_SERVICES } from './job-services.js';
export { methodMessage } from './method.js';
export { findSplit, splitMessage, parseSplit } from './split.js';
export { findTask, taskMessage } from './task.js';

/**
 * Every service of the product, whichever process hosts it; the gateway and the OpenAPI document are made
 * from this list.
 */
export const services: readonly DescService[] = [
  ActivationSetService,
  PerceptionSpaceService,
  UnitService,
  ArtifactService,
  DatasetService,
  IntegrationService,
  SampleService,
  SliceService,
  UploadService,
  AnalysisService,
  SanityCheckService,
  SelectionAnalysisService,
  ServedModelService,
  SimilarityAnalysisService,
  SessionService,
  JobService,
  MethodService,
  ExplorationService,
  IndexService,
  NeighborGraphService,
  SimilarityService,
  EpochService,
  EvaluationService,
  ModelService,
  RecordingService,
  RunService,
  ApiKeyService,
  AuditService,
  IdentityService,
  MemberService,
  ProjectService,
  SecretService,
  TeamService,
  TokenService,
  DashboardService,
  IssueService,
  IssueCommentService,
  TestResultService,
  TestSuiteService,
  TestJudgmentService,
  InsightSearchService,
  InsightService,
  UsageService,
];

/** Services that more than one host has; each of their requests names the host in its field `service`. */
export const hostedByMany: ReadonlySet<DescService> = new Set<DescService>([
  ArtifactService,
  JobService,
  MethodService,
]);
