import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, WorkspaceProjects } from '@noema/host';
import { displayName as checkedName, findOrThrow, LruCache, type UnitOfWork, uuidv7 } from '@noema/kernel';
import { DatasetCatalog, type DatasetVersionInfo } from '@noema/population';
import { Database } from '@noema/postgres';
import type { TrainingConfig } from '../config.js';
import { datasetNotReady } from '../dataset/dataset.errors.js';
import type { SampleIndex } from '../dataset/dataset.js';
import { DatasetReader } from '../dataset/dataset.reader.js';
import { modelNameTaken } from '../model/model.errors.js';
import { ModelRepository } from '../model/model.repository.js';
import { ModelVersionRepository } from '../model/model-version.repository.js';
import { TopologyStore } from '../model/topology.store.js';
import { otherProject, runNotFound } from '../run/run.errors.js';
import { hasEnded, type Run } from '../run/run.js';
import { RunRepository } from '../run/run.repository.js';
import { recordedSettings, within } from '../run/run.settings.js';
import { requireGraph, requireRecord } from './record.checks.js';
import { RecordStore } from './record.store.js';
import {
  branchUnfinished,
  epochEnded,
  recordGap,
  recordingEnded,
  recordingInvalid,
  recordingNotFound,
  recordInvalid,
  rewindDiffers,
  rewindInvalid,
  rewindsExhausted,
  writerUnknown,
} from './recording.errors.js';
import {
  countOutputs,
  type EpochFacts,
  MAX_BRANCH,
  MAX_EPOCH,
  type Recording,
  type RecordingForm,
  type RecordingRequest,
  type RecordingWriter,
  type SampleRecord,
  deriveTask,
} from './recording.js';
import { RecordingQueue } from './recording.queue.js';
import { RecordingRepository } from './recording.repository.js';

const MAX_RECORD_BYTES = 2 ** 23;
const MAX_GRAPH_PART = 2 ** 22;
const MAX_WRITERS = 1_024;
const MAX_LAYERS = 10_000;
const MAX_UNITS = 1_000_000;
const MAX_NOTE = 500;
const MAX_OUTPUT = 2 ** 22;
/** Samples whose ids stay in memory: some 200 bytes each. */
const MAX_INDEXED = 1_000_000;

/** A recording that may begin. */
export interface RecordingPlan {
  readonly request: RecordingRequest;
  readonly dataset: DatasetVersionInfo;
}

/** Where a record belongs. */
export interface RecordAddress {
  readonly runId: string;
  readonly writer: number;
  /** From 1, without gaps. */
  readonly sequence: number;
  /** From 1. */
  readonly epoch: number;
}

/** Trainings outside of the platform, of which clients record what their model says of every sample. */
@Injectable()
export class RecordingService {
  /** Addresses of the rows of the datasets that were recorded last. */
  private readonly indexes = new LruCache<SampleIndex>(MAX_INDEXED, {
    weigh: ({ sampleIds }) => sampleIds.length,
  });

  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(RecordingRepository) private readonly recordings: RecordingRepository,
    @Inject(RecordingQueue) private readonly queue: RecordingQueue,
    @Inject(RecordStore) private readonly store: Pick<RecordStore, 'putRecord' | 'putGraphPart'>,
    @Inject(RunRepository) private readonly runs: Pick<RunRepository, 'insert' | 'find' | 'count'>,
    @Inject(ModelRepository) private readonly models: Pick<ModelRepository, 'insert'>,
    @Inject(ModelVersionRepository) private readonly versions: Pick<ModelVersionRepository, 'insert'>,
    @Inject(TopologyStore) private readonly topologies: Pick<TopologyStore, 'save'>,
    @Inject(WorkspaceProjects) private readonly projects: Pick<WorkspaceProjects, 'mustExist'>,
    @Inject(DatasetCatalog) private readonly datasets: Pick<DatasetCatalog, 'version'>,
    @Inject(DatasetReader) private readonly reader: Pick<DatasetReader, 'index'>,
    @Inject(SETTINGS) private readonly settings: Pick<TrainingConfig, 'importBytes'>,
  ) {}

  /** Checks a request before anything is written. Throws `invalid` RECORDING_INVALID. */
  async plan(teamId: string, request: RecordingRequest): Promise<RecordingPlan> {
    await this.projects.mustExist(teamId, request.projectId);
    requireForm(request);
    const dataset = await this.datasets.version(teamId, request.datasetVersionId);
    if (dataset.projectId !== request.projectId)
      throw otherProject('dataset version', dataset.id, request.projectId);
    if (!dataset.isReady) throw datasetNotReady(dataset.id);
    return { request, dataset };
  }

  /** Begins a planned recording, in the ambient transaction of the team. */
  async create(teamId: string, { request, dataset }: RecordingPlan): Promise<Run> {
    const { projectId, layers, outputDims, writers } = request;
    const runId = uuidv7();
    const displayName =
      request.displayName.trim() === ''
        ? `run ${(await this.runs.count(projectId)) + 1}`
        : checkedName(request.displayName);
    const modelVersionId = await this.createModelVersion(teamId, runId, displayName, { request, dataset });
    const task = request.task ?? deriveTask(outputDims, dataset);
    await this.runs.insert({
      id: runId,
      projectId,
      displayName,
      datasetVersionId: dataset.id,
      modelVersionId,
      settings: recordedSettings({
        task,
        epochs: request.epochs,
        layers: layers.map(({ name }) => name),
        layersNote: request.layersNote,
      }),
      jobId: await this.queue.create(teamId, runId),
      engine: request.framework,
      createTime: new Date(),
    });
    await this.recordings.insert({ runId, writers, layers, outputDims });
    return (await this.runs.find(runId))!;
  }

  /** Returns how far a recording is. Throws `not-found` RUN_NOT_FOUND, RECORDING_NOT_FOUND. */
  async get(teamId: string, runId: string): Promise<Recording> {
    const { run, form, writerStates, open } = await this.unitOfWork.run(teamId, async () => ({
      ...(await this.find(runId)),
      writerStates: await this.recordings.writers(runId),
      open: await this.recordings.openEpoch(runId),
    }));
    const { sampleCount } = await this.datasets.version(teamId, run.datasetVersionId);
    return {
      ...form,
      writerStates,
      openEpoch: open.epoch,
      openEpochShare: Math.min(1, open.rows / sampleCount),
    };
  }

  /**
   * Stores what a model says of some samples, and returns the number of the writer's last record. A record
   * that is stored already is ignored. Throws `invalid` RECORD_INVALID, WRITER_UNKNOWN, `not-found`
   * SAMPLE_NOT_FOUND, `precondition` RECORD_GAP, RECORDING_ENDED, RECORDED_EPOCH_ENDED.
   */
  async appendSamples(
    teamId: string,
    at: RecordAddress,
    record: SampleRecord,
    bytes: Uint8Array,
  ): Promise<number> {
    requireAddress(at);
    const { run, form, writer } = await this.unitOfWork.run(teamId, async () => ({
      ...(await this.find(at.runId)),
      writer: await this.recordings.findWriter(at.runId, at.writer),
    }));
    if (writer === undefined) throw writerUnknown(at.writer, form.writers);
    if (at.sequence <= writer.sequence) return writer.sequence;
    if (bytes.byteLength > MAX_RECORD_BYTES)
      throw recordInvalid(`${bytes.byteLength} bytes; at most ${MAX_RECORD_BYTES} are allowed`);
    requireRecord(form, await this.getIndex(teamId, run.datasetVersionId), record);
    const owner = { teamId, projectId: run.projectId, runId: run.id, epoch: at.epoch };
    const content = await this.store.putRecord(owner, at.writer, at.sequence, bytes);
    return this.append(teamId, at, async (found) => {
      if (at.epoch <= found.epochsEnded) throw epochEnded(at.epoch, at.writer);
      await this.recordings.insertPart(
        at.runId,
        { epoch: at.epoch, branch: found.branch },
        {
          writer: at.writer,
          sequence: at.sequence,
          rows: record.sampleIds.length,
          trainingMode: record.trainingMode,
          content,
        },
      );
      return {};
    });
  }

  /**
   * Stores a part of the graph of the model. Parts beyond the size that is imported here are not kept: the
   * epoch then says that the graph is too large. Throws as `appendSamples`.
   */
  async appendGraphPart(teamId: string, at: RecordAddress, content: Uint8Array): Promise<number> {
    requireAddress(at);
    const size = content.byteLength;
    if (size < 1 || size > MAX_GRAPH_PART)
      throw recordInvalid(`a part of the graph with ${size} bytes; 1 to ${MAX_GRAPH_PART} are allowed`);
    const { run, form, writer, bytes } = await this.unitOfWork.run(teamId, async () => {
      const found = await this.recordings.findWriter(at.runId, at.writer);
      const open = { epoch: at.epoch, branch: found?.branch ?? 0 };
      return {
        ...(await this.find(at.runId)),
        writer: found,
        bytes: await this.recordings.graphBytes(at.runId, open, at.writer),
      };
    });
    if (writer === undefined) throw writerUnknown(at.writer, form.writers);
    if (at.sequence <= writer.sequence) return writer.sequence;
    const owner = { teamId, projectId: run.projectId, runId: run.id, epoch: at.epoch };
    const stored =
      bytes + size > this.settings.importBytes
        ? undefined
        : await this.store.putGraphPart(owner, at.writer, at.sequence, content);
    return this.append(teamId, at, async (found) => {
      if (at.epoch <= found.epochsEnded) throw epochEnded(at.epoch, at.writer);
      if (stored !== undefined)
        await this.recordings.insertGraphPart(
          at.runId,
          { epoch: at.epoch, branch: found.branch },
          {
            writer: at.writer,
            sequence: at.sequence,
            content: stored,
          },
        );
      return {};
    });
  }

  /**
   * Notes that the writer has ended the epoch; the last writer queues it. Throws as `appendSamples`, and
   * `precondition` BRANCH_UNFINISHED.
   */
  endEpoch(teamId: string, at: RecordAddress, facts: EpochFacts): Promise<number> {
    return this.append(teamId, at, async ({ epochsEnded, branch }, { form, run }) => {
      if (at.epoch <= epochsEnded) throw epochEnded(at.epoch, at.writer);
      if (facts.graph !== undefined) requireGraph(form, facts.graph);
      const first = await this.recordings.findBranchStart(at.runId, branch);
      if (epochsEnded < first && at.epoch > first) throw branchUnfinished(at.epoch, first);
      await this.recordings.lock(at.runId);
      const open = { epoch: at.epoch, branch };
      const ended = await this.recordings.endEpoch(at.runId, open, at.writer, facts);
      if (ended === form.writers) await this.queue.addEpoch(run.jobId, open);
      return { epochsEnded: at.epoch };
    });
  }

  /**
   * Lets the writer go back to an epoch that it has ended, or begin the open one again. Its records from here on
   * are a new branch. The first epoch that all writers end in the branch replaces the old one; until then nothing that
   * is visible changes. Throws as `appendSamples`, and `precondition` REWIND_INVALID, REWIND_DIFFERS, `exhausted`
   * REWINDS_EXHAUSTED.
   */
  rewind(teamId: string, at: RecordAddress): Promise<number> {
    return this.append(teamId, at, async (state) => {
      if (at.epoch > state.epochsEnded + 1) throw rewindInvalid(at.epoch, at.writer, state.epochsEnded);
      const branch = state.branch + 1;
      if (branch > MAX_BRANCH) throw rewindsExhausted(at.runId, MAX_BRANCH);
      await this.recordings.lock(at.runId);
      const first = await this.recordings.openBranch(at.runId, { epoch: at.epoch, branch });
      if (first !== at.epoch) throw rewindDiffers(at.epoch, at.writer, first);
      return { branch, epochsEnded: at.epoch - 1 };
    });
  }

  /** Notes that the writer has ended the run; it ends with the last writer. Throws as `appendSamples`. */
  endRun(teamId: string, at: RecordAddress): Promise<number> {
    return this.append(teamId, { ...at, epoch: 1 }, async (_, { run }) => {
      await this.recordings.lock(at.runId);
      const others = (await this.recordings.writers(at.runId)).filter(({ writer }) => writer !== at.writer);
      if (others.every(({ ended }) => ended)) await this.queue.close(run.jobId);
      return { ended: true };
    });
  }

  /** Runs `work` for the next record of a writer, whose row is locked; not for one that is stored already. */
  private append(
    teamId: string,
    at: RecordAddress,
    work: (
      state: RecordingWriter,
      found: { readonly run: Run; readonly form: RecordingForm },
    ) => Promise<Partial<RecordingWriter>>,
  ): Promise<number> {
    requireAddress(at);
    const { runId, writer, sequence } = at;
    return this.unitOfWork.run(teamId, async () => {
      const found = await this.find(runId);
      const state = await this.recordings.lockWriter(runId, writer);
      if (state === undefined) throw writerUnknown(writer, found.form.writers);
      if (sequence <= state.sequence) return state.sequence;
      if (state.ended || hasEnded(found.run.state) || found.run.state === 'stopping')
        throw recordingEnded(runId, found.run.state);
      if (sequence !== state.sequence + 1) throw recordGap(writer, sequence, state.sequence);
      await this.recordings.updateWriter(runId, { ...state, sequence, ...(await work(state, found)) });
      return sequence;
    });
  }

  private async find(runId: string): Promise<{ readonly run: Run; readonly form: RecordingForm }> {
    const run = await findOrThrow(this.runs, runId, runNotFound);
    const form = await this.recordings.find(runId);
    if (form === undefined) throw recordingNotFound(runId);
    return { run, form };
  }

  private getIndex(teamId: string, datasetVersionId: string): Promise<SampleIndex> {
    return this.indexes.get(`${teamId}/${datasetVersionId}`, async () =>
      this.reader.index(await this.datasets.version(teamId, datasetVersionId)),
    );
  }

  /** The version that the run starts from: of the model of that name, or of a new one. */
  private async createModelVersion(
    teamId: string,
    runId: string,
    runName: string,
    { request, dataset }: RecordingPlan,
  ): Promise<string> {
    const { projectId, layers, outputDims, framework, parameterCount } = request;
    const displayName = request.modelName.trim() === '' ? runName : checkedName(request.modelName);
    const known = await this.recordings.findModel(projectId, displayName);
    if (known !== undefined && known.format !== 'recorded') throw modelNameTaken(displayName);
    const modelId = known?.id ?? uuidv7();
    const [inputs, outputs] = [dataset.inputs, [{ name: 'output', dims: outputDims }]];
    const topology = { format: 'recorded', framework, inputs, outputs, layers };
    const createTime = new Date();
    if (known === undefined)
      await this.models.insert({
        id: modelId,
        projectId,
        displayName,
        format: 'recorded',
        digest: createHash('sha256').update(JSON.stringify(topology)).digest('hex'),
        parameterCount,
        inputs,
        outputs,
        createTime,
        layers: [],
      });
    const id = uuidv7();
    await this.versions.insert({
      id,
      modelId,
      projectId,
      origin: 'recorded',
      runId,
      epoch: 0,
      seed: 0,
      topology: await this.topologies.save({ teamId, projectId, modelId }, topology),
      weights: undefined,
      imported: undefined,
      createTime,
    });
    return id;
  }
}

function requireAddress({ sequence, epoch }: RecordAddress): void {
  if (!(sequence >= 1 && sequence <= Number.MAX_SAFE_INTEGER))
    throw recordingInvalid('sequence', sequence, '1 or more');
  if (!(epoch >= 1 && epoch <= MAX_EPOCH)) throw recordingInvalid('epoch', epoch, `1 to ${MAX_EPOCH}`);
}

function requireForm({
  layers,
  layersNote,
  outputDims,
  writers,
  epochs,
  framework,
  parameterCount,
}: RecordingRequest): void {
  within('epochs', epochs, 0, 10_000);
  if (!(writers >= 1 && writers <= MAX_WRITERS))
    throw recordingInvalid('writers', writers, `1 to ${MAX_WRITERS}`);
  if (outputDims.length > 8 || outputDims.some((dim) => dim < 1) || countOutputs(outputDims) > MAX_OUTPUT)
    throw recordingInvalid('output_dims', outputDims, `at most 8 sizes from 1, together ${MAX_OUTPUT}`);
  if (framework.length > 200) throw recordingInvalid('framework', framework.slice(0, 50), '200 characters');
  if (!(parameterCount >= 0)) throw recordingInvalid('parameter_count', parameterCount, '0 or more');
  if (layersNote.length > MAX_NOTE || /\p{Cc}/u.test(layersNote))
    throw recordingInvalid(
      'layers_note',
      layersNote.slice(0, 50),
      `one line of at most ${MAX_NOTE} characters`,
    );
  if (layers.length > MAX_LAYERS)
    throw recordingInvalid('layers', layers.length, `at most ${MAX_LAYERS} layers`);
  const names = new Set<string>();
  for (const { name, units, kind, positionDims } of layers) {
    if (name === '' || name.length > 500 || /\p{Cc}/u.test(name))
      throw recordingInvalid('layers.name', name.slice(0, 100), '1 to 500 characters');
    if (names.has(name)) throw recordingInvalid('layers.name', name, 'each name once');
    names.add(name);
    if (kind.length > 200) throw recordingInvalid('layers.kind', kind.slice(0, 50), '200 characters');
    if (!(units >= 1 && units <= MAX_UNITS))
      throw recordingInvalid('layers.unit_count', units, `1 to ${MAX_UNITS}`);
    if (positionDims.length > 8 || positionDims.some((dim) => dim < 1))
      throw recordingInvalid('layers.position_dims', positionDims, 'at most 8 sizes from 1');
  }
}
