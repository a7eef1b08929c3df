import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import {
  backends,
  batchRows,
  Engine,
  resident,
  toResident,
  type ResponsesProgram,
  responsesProgram,
  runRows,
  type TrainingData,
} from '@noema/engine';
import { ARTIFACT_STORE, SETTINGS } from '@noema/host';
import { compileModel } from '@noema/importers';
import { type ArtifactRef, DomainError, FairSemaphore, LruCache } from '@noema/kernel';
import { decodeWeights } from '@noema/layers';
import { matchColumns } from '@noema/population/rules';
import type { ActivationShard, EpochOfRun, Responses } from '../activation-set/activation-set.js';
import type { ActivationsConfig } from '../config.js';
import type { Responder, RespondingLayer, ResponseControl } from '../responder/responder.js';

/** The program of a model, and how many samples it takes at once. */
type BatchedProgram = ResponsesProgram & { readonly batchSize: number };

const KEPT_PROGRAMS = 2;
/** Bytes of inputs that are kept: the next epoch asks for the same shards. */
const CACHE_BYTES = 64 * 2 ** 20;

/**
 * Takes responses by the engine's responses program: the means and maxima are made inside the graph, feature
 * maps never leave it.
 */
@Injectable()
export class ModelResponder implements Responder, OnApplicationShutdown {
  readonly engine: string;
  private readonly programs = new LruCache<BatchedProgram>(KEPT_PROGRAMS);
  private readonly inputs = new LruCache<TrainingData>(CACHE_BYTES, {
    weigh: (columns) => [...columns.values()].reduce((sum, { data }) => sum + data.byteLength, 0),
  });
  private started: Engine | undefined;
  /**
   * The inputs of a shard are large, so concurrent shards of a worker take turns; they share the threads
   * anyway.
   */
  private readonly turns = new FairSemaphore(1);

  constructor(
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
    @Inject(SETTINGS)
    private readonly settings: Pick<ActivationsConfig, 'engineThreads' | 'engineBackend' | 'workerBytes'>,
  ) {
    this.engine = backends.get(settings.engineBackend).runtime;
  }

  async findLayers(epoch: EpochOfRun): Promise<RespondingLayer[]> {
    const { layers } = await this.getProgram(epoch);
    return layers.map(({ layer: { name, kind, units, spatial } }) => ({
      name,
      kind,
      units,
      positionDims: spatial,
    }));
  }

  async respond(epoch: EpochOfRun, shard: ActivationShard, control: ResponseControl): Promise<Responses> {
    const leave = await this.turns.take('shard', control.signal);
    try {
      return await this.respondAlone(epoch, shard, control);
    } finally {
      leave();
    }
  }

  private async respondAlone(
    epoch: EpochOfRun,
    { inputs, rowCount }: ActivationShard,
    { signal, progress }: ResponseControl,
  ): Promise<Responses> {
    signal.throwIfAborted();
    const { program, layers, means, maxima, batchSize } = await this.getProgram(epoch);
    const feeds = await this.inputs.get(inputs.sha256, () => this.read(inputs));
    const columns = columnsFor(
      program.inputs.map(({ name }) => name),
      [...feeds.keys()],
    );
    const d = layers.reduce((sum, { layer }) => sum + layer.units, 0);
    const mean = toResident(rowCount, [d]);
    const max = toResident(rowCount, [d]);
    await runRows(this.running(), program, {
      rows: rowCount,
      batchSize,
      signal,
      // Last axes of size 1 do not count: the shape of a row is the one that the model takes.
      feeds: new Map(
        columns.map(([input, column], at) => {
          const rowDims = program.inputs[at]!.dims.slice(1).map(Number);
          return [input, { ...feeds.get(column)!, rowDims }];
        }),
      ),
      into: [
        { output: means!, target: mean },
        { output: maxima!, target: max },
      ],
      onRows: progress,
    });
    return { mean: mean.data, max: max.data };
  }

  /** Returns whether all rows of all shards have the same inputs. */
  async inputsAreEqual(shards: readonly ActivationShard[], signal: AbortSignal): Promise<boolean> {
    let first: ReadonlyMap<string, Float32Array> | undefined;
    for (const { inputs, rowCount } of shards) {
      signal.throwIfAborted();
      const columns = await this.read(inputs);
      first ??= new Map(
        [...columns].map(([name, { data }]) => [name, data.slice(0, data.length / rowCount)]),
      );
      for (const [name, { data }] of columns) {
        const row = first.get(name)!;
        if (data.some((value, i) => value !== row[i % row.length])) return false;
      }
    }
    return true;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.started?.close();
  }

  private running(): Engine {
    const { engineThreads: threads, engineBackend: backend, workerBytes } = this.settings;
    return (this.started ??= Engine.start({ backend, workerBytes, ...(threads > 0 ? { threads } : {}) }));
  }

  private getProgram(epoch: EpochOfRun): Promise<BatchedProgram> {
    return this.programs.get(
      [epoch.topology!.sha256, epoch.weights!.sha256, ...epoch.followed].join('/'),
      () => this.compile(epoch),
    );
  }

  /** In memory that the engine's threads share. */
  private async read(inputs: ArtifactRef): Promise<TrainingData> {
    const file = readMatrix(await this.store.get(inputs));
    return new Map(
      file.columns.map(({ name }) => {
        const { data, dims } = file.float32(name);
        return [name, resident(data, dims)];
      }),
    );
  }

  private async compile({ topology, weights, followed }: EpochOfRun): Promise<BatchedProgram> {
    const [topologyBytes, weightBytes] = await Promise.all([
      this.store.get(topology!),
      this.store.get(weights!),
    ]);
    const model = compileModel(new TextDecoder().decode(topologyBytes), { mode: 'inference' });
    const engine = this.running();
    const batchSize = batchRows(model, { threads: engine.threads, workerBytes: this.settings.workerBytes });
    return {
      ...responsesProgram(model, decodeWeights(model.parameters, weightBytes), [], {
        inGroups: engine.inGroups,
        follow: followed,
      }),
      batchSize,
    };
  }
}

/**
 * Which column of the data each input of the model takes: by name, or in order when the names differ but the
 * numbers agree.
 */
function columnsFor(inputs: readonly string[], columns: readonly string[]): (readonly [string, string])[] {
  const matched = matchColumns(inputs, columns);
  if (matched !== undefined) return inputs.map((input, i) => [input, matched[i]!]);
  throw new DomainError(
    'precondition',
    'INPUTS_DIFFER',
    `the model takes ${inputs.join(', ')}, the dataset version has ${columns.join(', ')}; name the ` +
      'inputs alike',
  );
}
