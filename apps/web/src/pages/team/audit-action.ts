import { ApiKeyService } from '@noema/contracts/noema/workspace/v1/api_key_service';
import { MemberService } from '@noema/contracts/noema/workspace/v1/member_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { SecretService } from '@noema/contracts/noema/workspace/v1/secret_service';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';

const READS = /^(Get|List)/;

/**
 * Changes that the other services tell of; as text, because their descriptors would make the page of the team
 * larger than it is.
 */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'noema.activations.v1.ActivationSetService': [
    'CreateActivationSet',
    'ProjectActivationSet',
    'DeleteActivationSet',
  ],
  'noema.activations.v1.PerceptionSpaceService': ['CreatePerceptionSpace'],
  'noema.datasets.v1.DatasetService': ['CreateDatasetVersion', 'DeleteDatasetVersion'],
  'noema.datasets.v1.IntegrationService': ['CreateIntegration', 'UploadBundle', 'DeleteIntegration'],
  'noema.datasets.v1.SliceService': ['CreateSlice', 'UpdateSlice', 'DeleteSlice'],
  'noema.datasets.v1.UploadService': ['CreateUpload'],
  'noema.explanations.v1.AnalysisService': ['DeleteAnalysis'],
  'noema.jobs.v1.JobService': ['CancelJob', 'RetryJob'],
  'noema.projection.v1.ExplorationService': ['CreateExploration', 'ProjectExploration', 'DeleteExploration'],
  'noema.similarity.v1.IndexService': ['CreateIndex', 'DeleteIndex'],
  'noema.similarity.v1.SimilarityService': ['RemoveSamples'],
  'noema.training.v1.ModelService': [
    'CreateModel',
    'UploadModelPart',
    'ImportModel',
    'ImportModelVersion',
    'UpdateModel',
    'DeleteModel',
  ],
  'noema.training.v1.RecordingService': ['CreateRecording'],
  'noema.training.v1.RunService': ['CreateRun', 'StopRun', 'ResumeRun', 'UpdateRun', 'DeleteRun'],
};

/** Every change that the log may tell of, by the full name of its RPC. */
export const AUDITED: readonly string[] = [
  ...[ApiKeyService, MemberService, ProjectService, SecretService, TeamService].flatMap((service) =>
    service.methods.filter(({ name }) => !READS.test(name)).map(({ name }) => `${service.typeName}/${name}`),
  ),
  ...Object.entries(ELSEWHERE).flatMap(([service, names]) => names.map((name) => `${service}/${name}`)),
];

/** An action as people say it: `noema.workspace.v1.ApiKeyService/RevokeApiKey` is `Revoke API key`. */
export function actionText(action: string): string {
  const words = (action.split('/').at(-1) ?? action)
    .replace(/ApiKey/, 'APIkey')
    .split(/(?<=[a-z])(?=[A-Z])|(?<=API)(?=key)/);
  return words.map((word, i) => (i === 0 || word === 'API' ? word : word.toLowerCase())).join(' ');
}

/** What the log is asked for. */
export interface AuditFilter {
  /** Id of a member; empty for everybody. */
  readonly subject: string;
  /** Full name of an RPC; empty for all. */
  readonly action: string;
  /** Only changes of so many days; 0 for all. */
  readonly days: number;
}

/** The filter in the language of the API. */
export function auditFilter({ subject, action, days }: AuditFilter, nowMs: number): string {
  return [
    ...(subject === '' ? [] : [`subject = ${JSON.stringify(subject)}`]),
    ...(action === '' ? [] : [`action = ${JSON.stringify(action)}`]),
    ...(days === 0
      ? []
      : [`create_time >= ${JSON.stringify(new Date(nowMs - days * 86_400_000).toISOString())}`]),
  ].join(' AND ');
}
