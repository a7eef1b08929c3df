import type { DescService } from '@bufbuild/protobuf';
import { ARTIFACT_SERVICES, hostedByMany, services } from '@noema/contracts';
import { ArtifactService } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { SessionService } from '@noema/contracts/noema/gateway/v1/session_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { DataType } from '@noema/contracts/noema/type/v1/tensor_spec';
import { parseServiceName } from '@noema/host';
import type { PlatformState } from '@noema/standalone';
import type { ServedRpcs } from '@noema/testing';
import { blobsModel } from './fixtures/blobs.model.js';

/**
 * Every service of a platform at the address where it listens, past the gateway; JobService,
 * MethodService and ArtifactService at each of their hosts, SessionService nowhere: the gateway answers it.
 */
export function servedBy({ services: running }: Pick<PlatformState, 'services'>): ServedRpcs[] {
  const heavy: readonly string[] = ARTIFACT_SERVICES;
  const hosts = (service: DescService): string[] =>
    service === ArtifactService
      ? [...heavy]
      : hostedByMany.has(service)
        ? [...heavy, 'quality']
        : [parseServiceName(service)];
  return services
    .filter((service) => service !== SessionService)
    .flatMap((service) =>
      hosts(service).map((host) => ({ service, address: running.find((s) => s.name === host)!.address })),
    );
}

const sample = { split: Split.VALIDATION, sampleId: 's480' };

/** Fields that requests need in addition to the ids, so that they pass the first checks. */
export const COMPLETED: Readonly<Record<string, object>> = {
  'noema.activations.v1.UnitService/CompareUnits': { selection: { rows: [0] } },
  'noema.activations.v1.PerceptionSpaceService/CreatePerceptionSpace': {
    name: 'x',
    layerWeights: [{ layer: 'conv', weight: 1 }],
  },
  'noema.datasets.v1.IntegrationService/CreateIntegration': {
    displayName: 'x',
    source: { source: { case: 'modulePath', value: '/x.js' } },
  },
  'noema.datasets.v1.IntegrationService/CopyObjects': { url: 's3://pictures/flags' },
  'noema.datasets.v1.IntegrationService/UploadBundle': {
    content: Buffer.from('export const integration = 1;'),
  },
  'noema.datasets.v1.IntegrationService/UploadWheelPart': { content: Buffer.from('PK') },
  'noema.datasets.v1.SampleService/CompareMetadata': { selection: { rows: [0] } },
  'noema.datasets.v1.SampleService/GetMeanVisual': { visualizer: 'default', selection: { rows: [0] } },
  'noema.datasets.v1.SampleService/GetSample': sample,
  'noema.datasets.v1.SampleService/GetSampleVisual': { ...sample, visualizer: 'default' },
  'noema.datasets.v1.SampleService/GetVisualSheet': { visualizer: 'default' },
  'noema.datasets.v1.SliceService/CreateSlice': { displayName: 'x', selection: { rows: [0] } },
  'noema.datasets.v1.UploadService/CreateUpload': {
    manifest: {
      splits: [{ split: Split.TRAINING, count: 1 }],
      inputs: [{ spec: { name: 'x', dataType: DataType.FLOAT32, dims: [1] } }],
      chunkRows: 1,
      digest: 'f'.repeat(64),
    },
  },
  'noema.datasets.v1.UploadService/AddUploadChunk': {
    chunk: { sampleIds: ['a'], inputs: [new Uint8Array(4)] },
  },
  'noema.explanations.v1.AnalysisService/CreateAnalysis': { sample },
  'noema.explanations.v1.SimilarityAnalysisService/CreateSimilarityAnalysis': {
    query: sample,
    samples: [sample],
  },
  'noema.explanations.v1.SelectionAnalysisService/CreateSelectionAnalysis': { selection: { rows: [0] } },
  'noema.explanations.v1.ServedModelService/SubmitModelResult': {
    result: { queryId: '01890000-0000-7000-8000-000000000000' },
  },
  'noema.insights.v1.InsightService/RecordInsightVerdicts': { verdicts: [{ row: 0, verdict: 1 }] },
  'noema.quality.v1.DashboardService/CreateDashboard': { displayName: 'x', document: 'version: 1' },
  'noema.quality.v1.TestSuiteService/CreateTestSuite': {
    displayName: 'x',
    document: 'version: 1\ntests: [{ name: a, expect: count() > 0 }]',
  },
  'noema.quality.v1.IssueService/CreateIssue': { displayName: 'x' },
  'noema.quality.v1.IssueCommentService/CreateIssueComment': { text: 'x' },
  'noema.similarity.v1.SimilarityService/FindSimilar': { queries: [sample], k: 1 },
  'noema.similarity.v1.SimilarityService/RemoveSamples': { selection: { rows: [0] } },
  'noema.training.v1.EvaluationService/GetSampleEvaluation': sample,
  'noema.training.v1.EvaluationService/GetSampleHistory': sample,
  'noema.training.v1.ModelService/AdaptModel': { displayName: 'x' },
  'noema.training.v1.ModelService/CreateModel': { displayName: 'x', topology: blobsModel() },
  'noema.training.v1.ModelService/ImportModel': { displayName: 'x' },
  'noema.training.v1.ModelService/UploadModelPart': { content: Buffer.from('x') },
  'noema.training.v1.RecordingService/CreateRecording': { displayName: 'x', outputDims: [1] },
  'noema.training.v1.RecordingService/AppendRecord': {
    sequence: 1n,
    epoch: 1,
    content: { case: 'epochEnd', value: {} },
  },
  'noema.training.v1.RunService/CreateRun': { settings: { epochs: 1 } },
};
