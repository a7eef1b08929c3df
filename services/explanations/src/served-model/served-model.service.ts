import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { findOrThrow, type UnitOfWork, uuidv7 } from '@noema/kernel';
import { EvaluationFile } from '@noema/population/files';
import { findDifference, MAX_DIFFERENCE, type RecordedLayer } from '@noema/population/rules';
import { Database } from '@noema/postgres';
import { type RecordedEpoch, TrainingClient } from '../peers/training.client.js';
import {
  CHECKED_ROWS,
  MAX_BYTES,
  MAX_SERVED,
  type ModelQuery,
  type ScoreActivation,
  type ServedModel,
  type ServedTensor,
  spread,
  toOutputs,
} from './served-model.js';
import {
  epochHasGraph,
  epochNotServable,
  servedModelDiffers,
  servedModelNotFound,
  servedResultInvalid,
  servedTooLarge,
  tooManyServed,
} from './served-model.errors.js';
import { ServedModelRepository } from './served-model.repository.js';
import { queriesKey, resultKey, ServedModelSignal } from './served-model.signal.js';

/** Recorded samples of an epoch, which a model has to reproduce. */
export interface ServingCheck {
  readonly projectId: string;
  readonly epoch: number;
  readonly branch: number;
  readonly query: ModelQuery;
  /** [rows, width]. */
  readonly outputs: Float32Array;
  readonly width: number;
  readonly layers: readonly RecordedLayer[];
}

/** An epoch of a run; 0 for the last. */
export interface ServedEpoch {
  readonly runId: string;
  readonly epoch: number;
}

/** How long a stream waits for a notification, and how often it sends a message that keeps it open. */
const POLL_MS = 2_000;
const KEEP_OPEN_MS = 15_000;
/** Most of the work of a check: bytes of inputs that are sent. */
const CHECK_BYTES = 4 * 2 ** 20;

/** Models of recorded runs that processes of users compute. */
@Injectable()
export class ServedModelService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ServedModelRepository) private readonly served: ServedModelRepository,
    @Inject(ServedModelSignal) private readonly signals: ServedModelSignal,
    @Inject(TrainingClient) private readonly training: Pick<TrainingClient, 'recordedEpoch'>,
    @Inject(ARTIFACT_STORE) private readonly store: Pick<ArtifactStore, 'get'>,
  ) {}

  /**
   * Returns up to 12 recorded samples and their outputs. Throws `not-found` RUN_NOT_FOUND, RECORDING_NOT_FOUND,
   * `precondition` EPOCH_HAS_GRAPH, EPOCH_NOT_SERVABLE.
   */
  async check(teamId: string, { runId, epoch }: ServedEpoch): Promise<ServingCheck> {
    const recorded = await this.training.recordedEpoch(teamId, runId, epoch);
    if (recorded.hasGraph) throw epochHasGraph(recorded.epoch);
    if (recorded.layers.length === 0) throw epochNotServable(recorded.epoch, 'no layers were recorded');
    if (recorded.evaluation === undefined) throw epochNotServable(recorded.epoch, 'it has no outputs');
    const { data, width } = EvaluationFile.read(await this.store.get(recorded.evaluation)).first.outputs;
    const sampleBytes = recorded.inputs.reduce((sum, { dims }) => sum + 4 * product(dims), 0);
    if (sampleBytes > MAX_BYTES) throw servedTooLarge('the input', sampleBytes, MAX_BYTES);
    const known = Array.from({ length: data.length / width }, (_, row) => row).filter((row) =>
      data.subarray(row * width, (row + 1) * width).every(Number.isFinite),
    );
    // A query has one row of every input but the first.
    const most = recorded.inputs.length > 1 ? 1 : Math.floor(CHECK_BYTES / sampleBytes);
    const rows = spread(known, Math.max(1, Math.min(CHECKED_ROWS, most)));
    if (rows.length === 0) throw epochNotServable(recorded.epoch, 'no sample has an output');
    const outputs = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      outputs.set(data.subarray(row * width, (row + 1) * width), i * width);
    });
    const inputs = await this.readInputs(recorded, rows);
    const query = { rows: rows.length, inputs, inputGradients: false, layers: [] };
    const { projectId, branch, layers } = recorded;
    return { projectId, epoch: recorded.epoch, branch, query, outputs, width, layers };
  }

  /** Checks the scores of a model. Throws as `check`, and `invalid` SERVED_RESULT_INVALID, SERVED_MODEL_DIFFERS. */
  async plan(
    teamId: string,
    key: ServedEpoch,
    { scores, activation }: { readonly scores: Float32Array; readonly activation: ScoreActivation },
  ): Promise<ServedModel> {
    const { projectId, epoch, branch, outputs, width, query } = await this.check(teamId, key);
    if (scores.length !== outputs.length)
      throw servedResultInvalid('the scores', scores.length, outputs.length);
    const difference = findDifference(toOutputs(scores, width, activation), outputs);
    if (!(difference <= MAX_DIFFERENCE)) throw servedModelDiffers(difference, query.rows);
    return { id: uuidv7(), projectId, runId: key.runId, epoch, branch, activation, createTime: new Date() };
  }

  /** Registers a checked model, in the ambient transaction. Throws `exhausted` SERVED_MODELS_TOO_MANY. */
  async create(model: ServedModel): Promise<ServedModel> {
    if ((await this.served.countOpen()) >= MAX_SERVED) throw tooManyServed(MAX_SERVED);
    await this.served.insert(model);
    return model;
  }

  /**
   * Yields the queries of a model, each as its message, and undefined to keep the stream open. Ends with the
   * signal, or when another stream takes over. Throws `not-found` SERVED_MODEL_NOT_FOUND.
   */
  async *watch(teamId: string, id: string, signal: AbortSignal): AsyncGenerator<Uint8Array | undefined> {
    const model = await this.get(teamId, id);
    const streamId = uuidv7();
    const waiting = await this.signals.listen(queriesKey(model));
    try {
      if (!(await this.unitOfWork.run(teamId, () => this.served.attach(id, streamId))))
        throw servedModelNotFound(id);
      let sentAt = 0;
      while (!signal.aborted) {
        const { isOpen, query } = await this.unitOfWork.run(teamId, async () => ({
          isOpen: await this.served.touch(id, streamId),
          query: await this.served.claim(model, streamId),
        }));
        if (!isOpen) return;
        if (query !== undefined || performance.now() - sentAt > KEEP_OPEN_MS) {
          sentAt = performance.now();
          yield query;
        }
        if (query === undefined) await waiting.wait(POLL_MS, signal);
      }
    } finally {
      waiting.stop();
      await this.unitOfWork.run(teamId, async () => {
        await this.served.detach(id, streamId);
        this.signals.send(queriesKey(model));
      });
    }
  }

  /** Stores a result, which its worker checks. Throws `not-found` SERVED_MODEL_NOT_FOUND. */
  submit(teamId: string, id: string, queryId: string, result: Uint8Array): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      const model = await this.get(teamId, id);
      if (await this.served.storeResult(queryId, model, result)) this.signals.send(resultKey(queryId));
      this.signals.send(queriesKey(model));
    });
  }

  /** Throws `not-found` SERVED_MODEL_NOT_FOUND. */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      await this.get(teamId, id);
      await this.served.delete(id);
    });
  }

  private get(teamId: string, id: string): Promise<ServedModel> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.served, id, servedModelNotFound));
  }

  private async readInputs(
    { inputs, shards }: RecordedEpoch,
    rows: readonly number[],
  ): Promise<ServedTensor[]> {
    const read = inputs.map(({ name, dims }) => ({
      name,
      dims,
      data: new Float32Array(rows.length * product(dims)),
    }));
    for (const { firstRow, rowCount, inputs: ref } of shards) {
      const own = rows.filter((row) => row >= firstRow && row < firstRow + rowCount);
      if (own.length === 0) continue;
      const file = readMatrix(await this.store.get(ref));
      for (const { name, dims, data } of read)
        for (const row of own)
          data.set(
            file.float32Rows(name, row - firstRow, row - firstRow + 1).data,
            rows.indexOf(row) * product(dims),
          );
    }
    return read;
  }
}

const product = (dims: readonly number[]): number => dims.reduce((size, dim) => size * dim, 1);
