import { readFile } from 'node:fs/promises';
import { JOB_SERVICES } from '@noema/contracts';
import { createRestClient } from '@noema/rest';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { ArtifactService } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { IntegrationService } from '@noema/contracts/noema/datasets/v1/integration_service';
import { AnalysisService } from '@noema/contracts/noema/explanations/v1/analysis_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { SimilarityService } from '@noema/contracts/noema/similarity/v1/similarity_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { ModelService, OutputActivation } from '@noema/contracts/noema/training/v1/model_service';
import type { RunSettings } from '@noema/contracts/noema/training/v1/run';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import type { Fault } from '@noema/contracts/noema/type/v1/fault';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { RunSettingsSchema } from '@noema/contracts/noema/training/v1/run';
import { DomainError } from '@noema/kernel';
import { hasEnded, untilEnded, waitFor } from '@noema/testing';

const PART_BYTES = 4 * 2 ** 20;
const POLL_MS = 250;
const JOB_PAGE = 100;
/** Long enough for a machine that does much else. */
const TIMEOUT_MS = 180_000;
const JOB_MS = 900_000;

/** A running platform, reached as any client reaches it: by REST, with an API key. */
export class ZooPlatform {
  readonly activationSets;
  readonly analyses;
  readonly datasets;
  readonly epochs;
  readonly explorations;
  readonly models;
  readonly runs;
  readonly similarity;
  private readonly artifacts;
  private readonly integrations;
  private readonly jobs;
  private readonly projects;

  /** `jobMs` is how long a job may take. */
  constructor(
    url: string,
    key: string,
    private readonly jobMs = JOB_MS,
  ) {
    const to = { baseUrl: url, token: key, timeoutMs: TIMEOUT_MS };
    this.activationSets = createRestClient(ActivationSetService, to);
    this.analyses = createRestClient(AnalysisService, to);
    this.artifacts = createRestClient(ArtifactService, to);
    this.datasets = createRestClient(DatasetService, to);
    this.epochs = createRestClient(EpochService, to);
    this.explorations = createRestClient(ExplorationService, to);
    this.integrations = createRestClient(IntegrationService, to);
    this.jobs = createRestClient(JobService, to);
    this.models = createRestClient(ModelService, to);
    this.projects = createRestClient(ProjectService, to);
    this.runs = createRestClient(RunService, to);
    this.similarity = createRestClient(SimilarityService, to);
  }

  async createProject(name: string): Promise<string> {
    return (await this.projects.createProject({ displayName: name })).project!.id;
  }

  /** Ingests what a module exports, and gives the id of the dataset version. */
  async ingest(projectId: string, name: string, modulePath: string): Promise<string> {
    const { integration } = await this.integrations.createIntegration({
      projectId,
      displayName: name,
      source: { source: { case: 'modulePath', value: modulePath } },
    });
    const { datasetVersion, job } = await this.datasets.createDatasetVersion({
      projectId,
      integrationId: integration!.id,
      displayName: name,
    });
    await this.jobDone('datasets', job!.id);
    return datasetVersion!.id;
  }

  /**
   * Makes a model of layers in JSON, or imports a file of any other format; gives the id of the model
   * version.
   */
  async addModel(projectId: string, name: string, path: string, logits?: 'softmax'): Promise<string> {
    const bytes = await readFile(path);
    if (path.endsWith('.json')) {
      const { modelVersion } = await this.models.createModel({
        projectId,
        displayName: name,
        topology: JSON.parse(bytes.toString('utf8')) as never,
        seed: 3,
      });
      return modelVersion!.id;
    }
    const parts: ArtifactRef[] = [];
    for (let at = 0; at < bytes.length; at += PART_BYTES)
      parts.push(await this.uploadPart(projectId, bytes.subarray(at, at + PART_BYTES)));
    const { job, modelVersionId } = await this.models.importModel({
      projectId,
      displayName: name,
      modelFile: {
        parts,
        outputActivation: logits === undefined ? OutputActivation.UNSPECIFIED : OutputActivation.SOFTMAX,
      },
    });
    await this.jobDone('training', job!.id);
    return modelVersionId;
  }

  /**
   * Stores a part of a file. A busy client takes longer to encode 16 MiB than the gateway keeps an idle connection
   * open; a part may be sent again.
   */
  private async uploadPart(projectId: string, content: Uint8Array): Promise<ArtifactRef> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.models.uploadModelPart({ projectId, content })).part!;
      } catch (error) {
        const isClosed = error instanceof DomainError && error.reason === 'GATEWAY_UNREACHABLE';
        if (!isClosed || attempt === 3) throw error;
      }
    }
  }

  /** Trains or evaluates, and waits for the map of the last epoch. */
  async run(
    projectId: string,
    datasetVersionId: string,
    modelVersionId: string,
    settings: MessageInitShape<typeof RunSettingsSchema>,
  ): Promise<{ runId: string; exploration: Exploration; settings: RunSettings }> {
    const { run, job } = await this.runs.createRun({ projectId, datasetVersionId, modelVersionId, settings });
    await this.jobDone('training', job!.id);
    const done = (await this.runs.getRun({ runId: run!.id })).run!;
    const exploration = await waitFor(
      async () => {
        const { explorations } = await this.explorations.listExplorations({
          projectId,
          runId: run!.id,
          pageSize: 1000,
        });
        const last = explorations.find(({ epoch }) => epoch === done.epochsDone);
        if (last !== undefined && hasEnded(last)) return last;
        const { activationSets } = await this.activationSets.listActivationSets({
          projectId,
          runId: run!.id,
          pageSize: 1000,
        });
        throwFault(
          'the vectors',
          activationSets.find(({ epoch, state }) => epoch === done.epochsDone && state === JobState.FAILED)
            ?.fault,
        );
        return undefined;
      },
      { timeoutMs: this.jobMs, intervalMs: POLL_MS, what: `the map of run ${run!.id}` },
    );
    throwFault('the map', exploration.fault);
    return { runId: run!.id, exploration, settings: done.settings! };
  }

  /** Waits for a job, and throws with its fault when it did not succeed. */
  async jobDone(service: string, jobId: string): Promise<void> {
    if (jobId === '') return;
    const job = await untilEnded(async () => (await this.jobs.getJob({ service, jobId })).job, {
      timeoutMs: this.jobMs,
      intervalMs: POLL_MS,
      what: `job ${jobId} of ${service}`,
    });
    if (job.state !== JobState.SUCCEEDED)
      throwFault(`the job of ${service}`, job.fault ?? { reason: 'UNKNOWN', message: JobState[job.state] });
  }

  /** Waits until no job of any service is open, also one that begins by itself, such as a search for insights. */
  async idle(): Promise<void> {
    await waitFor(
      async () => {
        const pages = await Promise.all(
          JOB_SERVICES.map((service) => this.jobs.listJobs({ service, pageSize: JOB_PAGE })),
        );
        return pages.every(({ jobs }) => jobs.every(hasEnded));
      },
      { timeoutMs: this.jobMs, intervalMs: POLL_MS },
    );
  }

  async read(service: string, ref: ArtifactRef): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const { body } of this.artifacts.readArtifact({ service, uri: ref.uri }))
      chunks.push(body!.data);
    return Buffer.concat(chunks);
  }
}

function throwFault(what: string, fault: Pick<Fault, 'reason' | 'message'> | undefined): void {
  if (fault !== undefined) throw new Error(`${what} failed: ${fault.reason}: ${fault.message}`);
}
