import type { DescService } from '@bufbuild/protobuf';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { ArtifactService } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { IntegrationService } from '@noema/contracts/noema/datasets/v1/integration_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { SliceService } from '@noema/contracts/noema/datasets/v1/slice_service';
import { AnalysisService } from '@noema/contracts/noema/explanations/v1/analysis_service';
import { SimilarityAnalysisService } from '@noema/contracts/noema/explanations/v1/similarity_analysis_service';
import { InsightSearchService } from '@noema/contracts/noema/insights/v1/insight_search_service';
import { InsightService } from '@noema/contracts/noema/insights/v1/insight_service';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { MethodService } from '@noema/contracts/noema/methods/v1/method_service';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { IssueCommentService } from '@noema/contracts/noema/quality/v1/issue_comment_service';
import { IssueService } from '@noema/contracts/noema/quality/v1/issue_service';
import { TestJudgmentService } from '@noema/contracts/noema/quality/v1/test_judgment_service';
import { TestResultService } from '@noema/contracts/noema/quality/v1/test_result_service';
import { TestSuiteService } from '@noema/contracts/noema/quality/v1/test_suite_service';
import { NeighborGraphService } from '@noema/contracts/noema/similarity/v1/neighbor_graph_service';
import { SimilarityService } from '@noema/contracts/noema/similarity/v1/similarity_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { UsageService } from '@noema/contracts/noema/workspace/v1/usage_service';
import { createRestClient } from '@noema/rest';
import { retryingFetch } from './retrying-fetch.js';

export interface Target {
  /** Where the gateway listens, such as `http://127.0.0.1:4700`. */
  readonly url: string;
  /** API key of a member. */
  readonly apiKey: string;
  /** Ends every call that is under way. */
  readonly signal: AbortSignal;
}

/** Every service of a platform, by REST through its gateway. */
export function connectNoema({ url, apiKey, signal }: Target) {
  const send = retryingFetch((input, init) =>
    fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal }),
  );
  const client = <S extends DescService>(service: S) =>
    createRestClient(service, { baseUrl: url, token: apiKey, fetch: send });
  return {
    url,
    client,
    tokens: client(TokenService),
    usage: client(UsageService),
    projects: client(ProjectService),
    integrations: client(IntegrationService),
    datasets: client(DatasetService),
    samples: client(SampleService),
    slices: client(SliceService),
    models: client(ModelService),
    runs: client(RunService),
    epochs: client(EpochService),
    evaluations: client(EvaluationService),
    activationSets: client(ActivationSetService),
    neighborGraphs: client(NeighborGraphService),
    similarity: client(SimilarityService),
    explorations: client(ExplorationService),
    analyses: client(AnalysisService),
    similarityAnalyses: client(SimilarityAnalysisService),
    insightSearches: client(InsightSearchService),
    insights: client(InsightService),
    testSuites: client(TestSuiteService),
    testJudgments: client(TestJudgmentService),
    testResults: client(TestResultService),
    issues: client(IssueService),
    issueComments: client(IssueCommentService),
    jobs: client(JobService),
    methods: client(MethodService),
    artifacts: client(ArtifactService),
  };
}

export type Noema = ReturnType<typeof connectNoema>;
