import type { DescService } from '@bufbuild/protobuf';
import { readAccess } from '@noema/auth';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { SliceService } from '@noema/contracts/noema/datasets/v1/slice_service';
import { AnalysisService } from '@noema/contracts/noema/explanations/v1/analysis_service';
import { InsightSearchService } from '@noema/contracts/noema/insights/v1/insight_search_service';
import { InsightService } from '@noema/contracts/noema/insights/v1/insight_service';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { DashboardService } from '@noema/contracts/noema/quality/v1/dashboard_service';
import { IssueService } from '@noema/contracts/noema/quality/v1/issue_service';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { SimilarityService } from '@noema/contracts/noema/similarity/v1/similarity_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { Access } from '@noema/contracts/noema/type/v1/access';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { DomainError } from '@noema/kernel';
import type { RestClient } from '@noema/rest';

/** Calls a service of the platform with the rights of the caller. */
export type ConnectService = <S extends DescService>(service: S) => RestClient<S>;

/** The services that the tools call. Without `allowWrites` only RPCs that read can be called. */
export function connectPlatform(connect: ConnectService, { allowWrites }: { readonly allowWrites: boolean }) {
  const client: ConnectService = allowWrites ? connect : (service) => readOnly(service, connect(service));
  return {
    projects: client(ProjectService),
    datasets: client(DatasetService),
    samples: client(SampleService),
    slices: client(SliceService),
    models: client(ModelService),
    runs: client(RunService),
    epochs: client(EpochService),
    evaluations: client(EvaluationService),
    similarity: client(SimilarityService),
    explorations: client(ExplorationService),
    analyses: client(AnalysisService),
    dashboards: client(DashboardService),
    issues: client(IssueService),
    insights: client(InsightService),
    insightSearches: client(InsightSearchService),
    jobs: client(JobService),
  };
}

export type Platform = ReturnType<typeof connectPlatform>;

export const writesNotAllowed = (what: string): DomainError =>
  new DomainError(
    'forbidden',
    'WRITES_NOT_ALLOWED',
    `${what} starts work or stores something, and this server only reads; start it with --allow-writes, ` +
      `or send ` +
      'the header noema-allow-writes: true, if the person you work for agrees',
  );

function readOnly<S extends DescService>(service: S, client: RestClient<S>): RestClient<S> {
  const methods = service.methods.map((method) => [
    method.localName,
    readAccess(method) === Access.VIEWER
      ? client[method.localName as keyof RestClient<S>]
      : () => {
          throw writesNotAllowed(method.name);
        },
  ]);
  return Object.fromEntries(methods) as RestClient<S>;
}
