import { fileURLToPath } from 'node:url';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { IntegrationService } from '@noema/contracts/noema/datasets/v1/integration_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { DashboardService } from '@noema/contracts/noema/quality/v1/dashboard_service';
import { IssueCommentService } from '@noema/contracts/noema/quality/v1/issue_comment_service';
import { IssueService } from '@noema/contracts/noema/quality/v1/issue_service';
import type { TestJudgment } from '@noema/contracts/noema/quality/v1/test_judgment';
import { TestJudgmentService } from '@noema/contracts/noema/quality/v1/test_judgment_service';
import { TestStatus } from '@noema/contracts/noema/quality/v1/test_result';
import { TestResultService } from '@noema/contracts/noema/quality/v1/test_result_service';
import { TestSuiteService } from '@noema/contracts/noema/quality/v1/test_suite_service';
import { SliceService } from '@noema/contracts/noema/datasets/v1/slice_service';
import { AnalysisService } from '@noema/contracts/noema/explanations/v1/analysis_service';
import { SanityCheckService } from '@noema/contracts/noema/explanations/v1/sanity_check_service';
import { SelectionAnalysisService } from '@noema/contracts/noema/explanations/v1/selection_analysis_service';
import { SimilarityAnalysisService } from '@noema/contracts/noema/explanations/v1/similarity_analysis_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { IndexService } from '@noema/contracts/noema/similarity/v1/index_service';
import { NeighborGraphService } from '@noema/contracts/noema/similarity/v1/neighbor_graph_service';
import type { SimilarSample } from '@noema/contracts/noema/similarity/v1/similar_sample';
import { SimilarityService } from '@noema/contracts/noema/similarity/v1/similarity_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunKind } from '@noema/contracts/noema/training/v1/run';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { model, training } from '@noema/example-mnist';
import { untilEnded, waitFor } from '@noema/testing';
import type { GrpcTeam } from './grpc-team.js';

const DIGITS = fileURLToPath(new URL('../fixtures/few-digits.integration.js', import.meta.url));
const SAMPLES = 600;
const EPOCHS = 2;

/** Results of the walk. */
export interface GrpcWalk {
  /** Ids of one resource of each kind, by the name of the request's field that takes them. */
  readonly ids: Readonly<Record<string, string>>;
  readonly accuracy: number;
  readonly maps: readonly Exploration[];
  readonly similar: readonly SimilarSample[];
  readonly heatMaps: number;
  /** Tests that passed in the suite that judges new versions. */
  readonly passing: number;
  /** Keys of stored artifacts with the service whose resource names them. */
  readonly artifacts: readonly { readonly service: string; readonly uri: string }[];
}

/** The way of the walk on 600 digits, each step asked of its service by gRPC. */
export async function walkByGrpc(team: GrpcTeam): Promise<GrpcWalk> {
  const projectId = (await team.of(ProjectService).createProject({ displayName: 'digits' })).project!.id;
  const integrationId = (
    await team.of(IntegrationService).createIntegration({
      projectId,
      displayName: 'few digits',
      source: { source: { case: 'modulePath', value: DIGITS } },
    })
  ).integration!.id;
  const checked = await team
    .of(IntegrationService)
    .checkIntegration({ integrationId, samplesPerSplit: 4 }, { timeoutMs: 120_000 });
  if (checked.report?.passed !== true)
    throw new Error(`the digits cannot be read: ${checked.report?.summary}`);
  const made = await team
    .of(DatasetService)
    .createDatasetVersion({ projectId, integrationId, displayName: 'digits', shardSize: 256 });
  await ended(team, 'datasets', made.job!.id);
  const datasetVersionId = (
    await team.of(DatasetService).getDatasetVersion({ datasetVersionId: made.datasetVersion!.id })
  ).datasetVersion!.id;
  const digits = (
    await team.of(ModelService).createModel({ projectId, displayName: 'digits', topology: model, seed: 7 })
  ).model!;
  await team.of(TestSuiteService).createTestSuite({
    ...{ projectId, displayName: 'new versions', runForNewVersions: true },
    document: 'version: 1\ntests: [{ name: better than chance, expect: mean(correct) > 0.5 }]',
  });
  const { batchSize, loss, optimizer, metrics } = training;
  const run = (
    await team.of(RunService).createRun({
      projectId,
      displayName: 'digits',
      datasetVersionId,
      modelVersionId: digits.latestVersionId,
      settings: { kind: RunKind.TRAIN, epochs: EPOCHS, batchSize, seed: 7, loss, optimizer, metrics },
    })
  ).run!;
  await ended(team, 'training', run.jobId);
  const maps = await listMaps(team, projectId, run.id);
  const { activationSetId, neighborGraphId, id: explorationId } = maps.at(-1)!;
  const { samples } = await team.of(SampleService).listSamples({ datasetVersionId, pageSize: 1000 });
  const sampleId = samples.find((s) => s.ref?.split === Split.VALIDATION)!.ref!.sampleId;
  const sample = { split: Split.VALIDATION, sampleId };
  const { similar } = await team
    .of(SimilarityService)
    .findSimilar({ activationSetId, queries: [sample], k: 8 });
  const analyses = await explain(team, {
    projectId,
    runId: run.id,
    activationSetId,
    sample,
    other: similar[1]!.sample!,
  });
  const { epoch } = await team.of(EpochService).getEpoch({ runId: run.id, epoch: EPOCHS });
  const slice = (
    await team
      .of(SliceService)
      .createSlice({ datasetVersionId, displayName: 'first', selection: { rows: [0, 1] } })
  ).slice!;
  const judgment = await judged(team, projectId, run.id);
  const conclusions = await conclude(team, projectId, run.id);
  const index = (await team.of(IndexService).listIndexes({ projectId })).indexes[0]!;
  const graph = (await team.of(NeighborGraphService).getNeighborGraph({ neighborGraphId })).neighborGraph!;
  const { shards } = await team.of(ActivationSetService).listActivationShards({ activationSetId });
  return {
    accuracy: epoch!.splits
      .find((s) => s.split === Split.VALIDATION)!
      .metrics.find((m) => m.name === 'accuracy')!.value,
    maps,
    similar,
    heatMaps: analyses.heatMaps,
    passing: judgment.passing,
    artifacts: [
      { service: 'training', uri: epoch!.evaluation!.uri },
      { service: 'activations', uri: shards[0]!.vectors!.uri },
      { service: 'similarity', uri: graph.artifact!.uri },
      { service: 'projection', uri: maps[0]!.points!.uri },
    ],
    ids: {
      project_id: projectId,
      'project.id': projectId,
      integration_id: integrationId,
      dataset_version_id: datasetVersionId,
      model_id: digits.id,
      model_version_id: digits.latestVersionId,
      run_id: run.id,
      activation_set_id: activationSetId,
      neighbor_graph_id: neighborGraphId,
      exploration_id: explorationId,
      index_id: index.id,
      slice_id: slice.id,
      'slice.id': slice.id,
      ...conclusions,
      test_judgment_id: judgment.id,
      job_id: made.job!.id,
      service: 'datasets',
      uri: shards[0]!.vectors!.uri,
      ...analyses.ids,
    },
  };
}

/** Waits until the suite that judges new versions has judged a run by itself. */
async function judged(team: GrpcTeam, projectId: string, runId: string): Promise<TestJudgment> {
  const judgment = await untilEnded(
    async () => (await team.of(TestJudgmentService).listTestJudgments({ projectId, runId })).testJudgments[0],
    { timeoutMs: 120_000, what: 'the judgment of the run' },
  );
  if (judgment.fault !== undefined) throw new Error(`the run was not judged: ${judgment.fault.message}`);
  return judgment;
}

/** Ids of what people conclude about a run: a dashboard, a suite with a result, an issue with a comment. */
async function conclude(team: GrpcTeam, projectId: string, runId: string): Promise<Record<string, string>> {
  const { dashboard } = await team
    .of(DashboardService)
    .createDashboard({ projectId, displayName: 'first', document: 'version: 1' });
  const { testSuite } = await team.of(TestSuiteService).createTestSuite({
    ...{ projectId, displayName: 'first' },
    document: 'version: 1\ntests: [{ name: a, expect: count() > 0 }]',
  });
  const { results } = await team.of(TestResultService).saveTestResults({
    ...{ testSuiteId: testSuite!.id, runId },
    results: [{ testName: 'a', status: TestStatus.FAIL, n: 1n, reason: 'fail: count() is 0' }],
  });
  const testResultId = results[0]!.id;
  const { issue } = await team.of(IssueService).createIssue({
    ...{ projectId, displayName: 'first', subject: { case: 'testResultId', value: testResultId } },
  });
  const issueId = issue!.id;
  const { issueComment } = await team.of(IssueCommentService).createIssueComment({ issueId, text: 'x' });
  return {
    dashboard_id: dashboard!.id,
    'dashboard.id': dashboard!.id,
    test_suite_id: testSuite!.id,
    'test_suite.id': testSuite!.id,
    test_result_id: testResultId,
    issue_id: issueId,
    'issue.id': issueId,
    issue_comment_id: issueComment!.id,
    'issue_comment.id': issueComment!.id,
  };
}

interface Explained {
  readonly projectId: string;
  readonly runId: string;
  readonly activationSetId: string;
  readonly sample: { readonly split: Split; readonly sampleId: string };
  readonly other: { readonly split: Split; readonly sampleId: string };
}

async function explain(
  team: GrpcTeam,
  { projectId, runId, activationSetId, sample, other }: Explained,
): Promise<{ readonly ids: Record<string, string>; readonly heatMaps: number }> {
  const analysis = await team.of(AnalysisService).createAnalysis({ projectId, runId, sample });
  const compared = await team
    .of(SimilarityAnalysisService)
    .createSimilarityAnalysis({ projectId, activationSetId, query: sample, samples: [other] });
  const selection = await team
    .of(SelectionAnalysisService)
    .createSelectionAnalysis({ projectId, runId, selection: { rows: [0, 1] } });
  const check = await team.of(SanityCheckService).createSanityCheck({ projectId, runId });
  for (const { job } of [analysis, compared, selection, check]) await ended(team, 'explanations', job!.id);
  const done = (await team.of(AnalysisService).getAnalysis({ analysisId: analysis.analysis!.id })).analysis!;
  return {
    heatMaps: done.heatMaps.length,
    ids: {
      analysis_id: done.id,
      heat_map_id: done.heatMaps[0]!.id,
      similarity_analysis_id: compared.similarityAnalysis!.id,
      selection_analysis_id: selection.selectionAnalysis!.id,
      sanity_check_id: check.sanityCheck!.id,
    },
  };
}

/** Follows the job's stream to its end. Throws when it did not succeed. */
async function ended(team: GrpcTeam, service: string, jobId: string): Promise<void> {
  let last;
  for await (const { job } of team.of(JobService, service).watchJob({ service, jobId })) last = job;
  if (last?.state !== JobState.SUCCEEDED)
    throw new Error(
      `job ${jobId} of ${service} ended as ${JobState[last?.state ?? 0]}: ${last?.fault?.message ?? ''}`,
    );
}

/** The maps that follow from the run by themselves. */
const listMaps = (team: GrpcTeam, projectId: string, runId: string): Promise<Exploration[]> =>
  waitFor(
    async () => {
      const { explorations } = await team
        .of(ExplorationService)
        .listExplorations({ projectId, runId, pageSize: 100 });
      const done = explorations
        .filter((e) => e.state === JobState.SUCCEEDED && e.pointCount === SAMPLES)
        .sort((a, b) => a.epoch - b.epoch);
      return done.length === EPOCHS ? done : undefined;
    },
    { timeoutMs: 180_000, intervalMs: 250, what: `${EPOCHS} maps of run ${runId}` },
  );
