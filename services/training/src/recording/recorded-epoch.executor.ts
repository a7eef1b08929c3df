import { Inject, Injectable } from '@nestjs/common';
import { toFault, type ShardContext } from '@noema/jobs';
import { type ArtifactRef, type Fault, isRetryable, LruCache, type UnitOfWork } from '@noema/kernel';
import { DatasetCatalog, type DatasetShard, type DatasetVersionInfo } from '@noema/population';
import type { OutputEvaluation } from '@noema/population/rules';
import { Database } from '@noema/postgres';
import type { SampleIndex } from '../dataset/dataset.js';
import { DatasetReader } from '../dataset/dataset.reader.js';
import { clearUnknown } from '../engine/output-rows.js';
import { PositionRows } from '../engine/position-rows.js';
import { type Outputs, computeVerdicts } from '../engine/verdicts.js';
import { deriveModelVersionId, type Epoch } from '../epoch/epoch.js';
import { EpochRepository } from '../epoch/epoch.repository.js';
import { type EpochOwner, EpochStore } from '../epoch/epoch.store.js';
import type { ModelVersion } from '../model/model.js';
import { ModelVersionRepository } from '../model/model-version.repository.js';
import { TopologyStore } from '../model/topology.store.js';
import { runNotFound } from '../run/run.errors.js';
import { RunEventPublisher } from '../run/run.events.js';
import type { Run } from '../run/run.js';
import { RunRepository } from '../run/run.repository.js';
import { readNumbers } from './record.checks.js';
import { RecordStore } from './record.store.js';
import { type AcceptedGraph, type GraphContext, RecordedGraphReader } from './recorded-graph.reader.js';
import { measureSplits } from './recorded-metrics.js';
import { ResponseRows } from './response-rows.js';
import { recordingNotFound } from './recording.errors.js';
import {
  countOutputs,
  type BranchEpoch,
  type EpochFacts,
  type GraphPart,
  inOrderOfWeight,
  type RecordedPart,
  type RecordingForm,
  type SampleRecord,
} from './recording.js';
import { RecordingRepository } from './recording.repository.js';

type Shard = Pick<ShardContext<never>, 'signal' | 'progress' | 'commit'>;

/** The methods of the repository that assemble an epoch. */
type RecordingsOfEpochs = Pick<
  RecordingRepository,
  | 'find'
  | 'findBranchStart'
  | 'parts'
  | 'epochEnds'
  | 'graphParts'
  | 'isReplaced'
  | 'lock'
  | 'showBranch'
  | 'insertShards'
  | 'removeParts'
>;

/** Info about an epoch before its records are read. */
interface OpenEpoch {
  readonly epoch: number;
  readonly branch: number;
  /** First epoch of the branch; 0 for the branch that the run begins with. */
  readonly branchStart: number;
  readonly run: Run;
  /** The version that the run started from. */
  readonly version: ModelVersion;
  readonly form: RecordingForm;
  readonly parts: readonly RecordedPart[];
  readonly facts: readonly (EpochFacts & { readonly writer: number })[];
  readonly graphParts: readonly GraphPart[];
  readonly dataset: DatasetVersionInfo;
  readonly shards: readonly DatasetShard[];
  readonly owner: EpochOwner;
  readonly signal: AbortSignal;
  readonly tell: (done: number) => void;
}

/** A part, and the row of each of its samples in the dataset version. */
interface PlacedPart extends RecordedPart {
  readonly places: Int32Array;
}

/** Bytes of records that stay in memory while their responses are sorted into shards. */
const CACHE_BYTES = 256 * 2 ** 20;

/**
 * Puts the records of an epoch together: one evaluation of all rows, the responses in the shards of the
 * dataset version, and the metrics of every split. From there on it is an epoch like any other.
 */
@Injectable()
export class RecordedEpochExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(RecordingRepository) private readonly recordings: RecordingsOfEpochs,
    @Inject(RecordStore)
    private readonly records: Pick<RecordStore, 'readRecord' | 'putShard' | 'putResponses'>,
    @Inject(RunRepository) private readonly runs: Pick<RunRepository, 'find'>,
    @Inject(EpochRepository)
    private readonly epochs: Pick<EpochRepository, 'find' | 'insert' | 'deleteReplaced'>,
    @Inject(EpochStore) private readonly store: EpochStore,
    @Inject(ModelVersionRepository)
    private readonly versions: Pick<ModelVersionRepository, 'find' | 'insert'>,
    @Inject(DatasetCatalog) private readonly datasets: Pick<DatasetCatalog, 'version' | 'shards'>,
    @Inject(DatasetReader) private readonly reader: Pick<DatasetReader, 'index' | 'load'>,
    @Inject(RecordedGraphReader) private readonly graphs: Pick<RecordedGraphReader, 'read'>,
    @Inject(TopologyStore) private readonly topologies: Pick<TopologyStore, 'save'>,
    @Inject(RunEventPublisher) private readonly events: Pick<RunEventPublisher, 'epochCompleted'>,
  ) {}

  /**
   * Returns the number of rows with an output. The first epoch of a branch is put together before the others,
   * whichever of them a worker takes first, so that epochs of two branches are never mixed.
   */
  async execute(teamId: string, runId: string, at: BranchEpoch, shard: Shard): Promise<number> {
    const start = await this.unitOfWork.run(teamId, () => this.recordings.findBranchStart(runId, at.branch));
    if (at.epoch > start && start > 0) await this.assemble(teamId, runId, { ...at, epoch: start }, shard);
    return this.assemble(teamId, runId, at, shard);
  }

  private async assemble(teamId: string, runId: string, at: BranchEpoch, shard: Shard): Promise<number> {
    const { epoch, branch } = at;
    const open = await this.open(teamId, runId, at, shard);
    if (open === undefined) return 0;
    const { placed, outputs, loss, isInference } = await this.readOutputs(open);
    const evaluation: OutputEvaluation = { loss, ...outputs, ...judge(outputs) };
    const recorded = countRecorded(evaluation);
    const { missing, shards } = await this.writeResponses(open, placed);
    const { graph, fault } = await this.readGraph(open, {
      outputs: outputs.outputs,
      isInference,
      responses: shards,
    });
    const partialReason = whyPartial(open, recorded, missing);
    const isComplete = partialReason === '' && shards.length > 0;
    const done: Epoch = {
      runId,
      epoch,
      splits: measureSplits(open.dataset.splits, outputs, loss, open.run.settings, open.facts),
      weights: await this.store.saveWeights(open.owner, graph?.weights ?? new Uint8Array()),
      optimizerState: undefined,
      evaluation: await this.store.saveEvaluation(open.owner, [evaluation]),
      modelVersionId: deriveModelVersionId(runId, epoch, branch),
      branch,
      branchStart: open.branchStart,
      seconds: Math.max(0, ...open.facts.map(({ seconds }) => seconds)),
      samplesPerSecond: open.facts.reduce((sum, { samplesPerSecond }) => sum + samplesPerSecond, 0),
      endTime: new Date(),
      partialReason,
      graphFault: fault,
      ...(isComplete && {
        recordedResponses: await this.records.putResponses(open.owner, { layers: open.form.layers, shards }),
      }),
    };
    const { modelId } = open.version;
    const topology =
      graph &&
      (await this.topologies.save({ teamId, projectId: open.run.projectId, modelId }, graph.artifact));
    await shard.commit(() => this.record(open, { ...done, topology }, isComplete ? shards : []));
    return recorded;
  }

  /**
   * Undefined for an epoch that exists, because its worker died before it could report it, and for one that a later
   * branch has replaced.
   */
  private async open(
    teamId: string,
    runId: string,
    at: BranchEpoch,
    { signal, progress }: Shard,
  ): Promise<OpenEpoch | undefined> {
    const { epoch } = at;
    const found = await this.unitOfWork.run(teamId, async () => {
      const run = await this.runs.find(runId);
      if (run === undefined) throw runNotFound(runId);
      const form = await this.recordings.find(runId);
      if (form === undefined) throw recordingNotFound(runId);
      return {
        run,
        version: (await this.versions.find(run.modelVersionId))!,
        form,
        isSettled: await this.isSettled(runId, at),
        branchStart: await this.recordings.findBranchStart(runId, at.branch),
        parts: inOrderOfWeight(await this.recordings.parts(runId, at)),
        facts: await this.recordings.epochEnds(runId, at),
        graphParts: await this.recordings.graphParts(runId, at),
      };
    });
    if (found.isSettled) return undefined;
    const dataset = await this.datasets.version(teamId, found.run.datasetVersionId);
    const shards = await this.datasets.shards(teamId, dataset.id);
    const total = found.parts.length + shards.length;
    return {
      ...found,
      ...at,
      dataset,
      shards,
      owner: { teamId, projectId: found.run.projectId, runId, epoch },
      signal,
      tell: (done) => {
        progress(done, total, 'files', `epoch ${epoch}: putting its records together`);
      },
    };
  }

  /** Reads all records once: where their samples are, what the model says of them, and their losses. */
  private async readOutputs(
    open: OpenEpoch,
  ): Promise<{ placed: PlacedPart[]; outputs: Outputs; loss: Float32Array; isInference: Uint8Array }> {
    const { form, dataset, run, parts, shards, signal, tell } = open;
    const rows = dataset.sampleCount;
    const width = countOutputs(form.outputDims);
    const outputs = new Float32Array(rows * width).fill(NaN);
    const loss = new Float32Array(rows).fill(NaN);
    const isInference = new Uint8Array(rows);
    const index = await this.reader.index(dataset);
    const placed: PlacedPart[] = [];
    for (const [i, part] of parts.entries()) {
      signal.throwIfAborted();
      const record = await this.records.readRecord(part.content);
      const places = findPlaces(index, record);
      placed.push({ ...part, places });
      for (const column of record.columns) {
        if (column.content === 'output') {
          lay(readNumbers(column), width, places, outputs);
          for (const row of places) isInference[row] = part.trainingMode ? 0 : 1;
        }
        if (column.content === 'loss') lay(readNumbers(column), 1, places, loss);
      }
      tell(i + 1);
    }
    const hasLoss = Uint8Array.from(loss, (value, row) =>
      Number.isFinite(value) && !Number.isNaN(outputs[row * width]!) && index.splits[row] !== 'unlabeled'
        ? 1
        : 0,
    );
    clearUnknown(loss, hasLoss);
    const { groundTruths } = await this.reader.load(dataset, shards, { signal, inputs: 'in parts' });
    const [truth] = groundTruths.values();
    const { task } = run.settings.objectives![0]!;
    const last = form.outputDims.at(-1) ?? 1;
    const isMap = task === 'per-pixel';
    const isExclusive = task === 'multi-class' || (isMap && last > 1);
    const compared = truth && { data: truth.data, width: truth.data.length / rows };
    const classes = { dims: form.outputDims.slice(0, -1), channels: last, isExclusive };
    const positions = isMap ? new PositionRows(rows, width, classes) : undefined;
    positions?.add(0, outputs);
    return {
      placed,
      loss,
      isInference,
      outputs: {
        rows,
        width,
        outputs,
        hasLoss,
        task,
        isExclusive,
        channels: isMap ? last : width,
        truth: compared,
        positions: positions?.finish(compared),
      },
    };
  }

  /** The graph of the epoch, or the reason for its absence, which does not fail the epoch. */
  private async readGraph(
    { form, facts, graphParts, dataset, shards, signal }: OpenEpoch,
    recorded: Pick<GraphContext, 'outputs' | 'isInference' | 'responses'>,
  ): Promise<{ readonly graph?: AcceptedGraph; readonly fault?: Fault }> {
    try {
      const context = { form, facts, parts: graphParts, dataset, shards, signal, ...recorded };
      return { graph: await this.graphs.read(context) };
    } catch (error) {
      if (isRetryable(error) || signal.aborted) throw error;
      return { fault: toFault(error) };
    }
  }

  /** Sorts the responses into the shards of the dataset version; none are kept when a row lacks one. */
  private async writeResponses(
    { form, shards, owner, parts, signal, tell }: OpenEpoch,
    placed: readonly PlacedPart[],
  ): Promise<{ readonly missing: number; readonly shards: readonly ArtifactRef[] }> {
    if (form.layers.length === 0) return { missing: 0, shards: [] };
    const kept = new LruCache<SampleRecord>(CACHE_BYTES, {
      weigh: ({ columns }) => columns.reduce((sum, { data }) => sum + data.byteLength, 0),
    });
    const written: ArtifactRef[] = [];
    let missing = 0;
    for (const [i, { firstRow, rowCount }] of shards.entries()) {
      signal.throwIfAborted();
      const rows = new ResponseRows(form.layers, firstRow, rowCount);
      for (const { content, places } of placed) {
        if (!places.some((row) => row >= firstRow && row < firstRow + rowCount)) continue;
        const record = await kept.get(content.sha256, () => this.records.readRecord(content));
        rows.add(record, places);
      }
      missing += rows.countMissing();
      if (missing === 0) written.push(await this.records.putShard(owner, i, rows.matrices()));
      tell(parts.length + i + 1);
    }
    return { missing, shards: missing === 0 ? written : [] };
  }

  /** True for an epoch that is stored, or that a later branch has replaced. */
  private async isSettled(runId: string, at: BranchEpoch): Promise<boolean> {
    const stored = await this.epochs.find(runId, at.epoch);
    return (
      (stored !== undefined && (stored.branch ?? 0) >= at.branch) || this.recordings.isReplaced(runId, at)
    );
  }

  private async record(
    { run, epoch, version, branch, branchStart }: OpenEpoch,
    { topology = version.topology, ...done }: Epoch & { readonly topology?: ArtifactRef | undefined },
    shards: readonly ArtifactRef[],
  ): Promise<void> {
    await this.recordings.lock(run.id);
    if (await this.isSettled(run.id, { epoch, branch })) return;
    if (epoch === branchStart) {
      await this.recordings.showBranch(run.id, branch, branchStart);
      await this.epochs.deleteReplaced(run.id, branch, branchStart);
    }
    await this.versions.insert({
      ...version,
      id: done.modelVersionId,
      runId: run.id,
      epoch,
      topology,
      weights: done.weights,
      createTime: done.endTime,
    });
    await this.epochs.insert(done);
    await this.recordings.insertShards(run.id, epoch, shards);
    await this.recordings.removeParts(run.id, { epoch, branch });
    const withoutResponses = shards.length === 0;
    // All results of a replaced epoch are obsolete, also where nothing takes its place.
    if (!withoutResponses || branch > 0)
      await this.events.epochCompleted(run, done, { topology, withoutResponses });
  }
}

const findPlaces = (index: SampleIndex, { split, sampleIds }: SampleRecord): Int32Array =>
  Int32Array.from(sampleIds, (id) => index.getRow(split, id));

/** Copies each row of `from` [n, width] to its place in `to`. */
function lay(from: Float32Array, width: number, places: Int32Array, to: Float32Array): void {
  for (const [i, row] of places.entries()) to.set(from.subarray(i * width, (i + 1) * width), row * width);
}

/** Verdicts of the rows that have an output. */
function judge(of: Outputs): ReturnType<typeof computeVerdicts> {
  const verdicts = computeVerdicts(of);
  for (let row = 0; row < of.rows; row++)
    if (Number.isNaN(of.outputs[row * of.width]!)) verdicts.predictedClass[row] = -1;
  return verdicts;
}

/** Rows that have an output. */
function countRecorded({ rows, width, outputs }: OutputEvaluation): number {
  let count = 0;
  for (let row = 0; row < rows; row++) if (!Number.isNaN(outputs[row * width]!)) count++;
  return count;
}

/** Empty for an epoch in which every sample has all that the run records. */
function whyPartial({ dataset, facts }: OpenEpoch, recorded: number, withoutResponse: number): string {
  const without = dataset.sampleCount - recorded;
  const dropped = facts.reduce((sum, { droppedRows }) => sum + droppedRows, 0);
  const because = dropped > 0 ? `; the client left out ${dropped} rows` : '';
  if (without > 0) return `${without} of ${dataset.sampleCount} samples have no output${because}`;
  if (withoutResponse > 0)
    return `${withoutResponse} of ${dataset.sampleCount} samples lack a response${because}`;
  return '';
}
