import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { DEFAULT_WORKER_BYTES, Engine, type LossSpec, findOutput } from '@noema/engine';
import { ARTIFACT_STORE, SETTINGS } from '@noema/host';
import { compileModel } from '@noema/importers';
import { LruCache } from '@noema/kernel';
import { type CompiledModel, decodeWeights } from '@noema/layers';
import { type RowPredictions, SampleScores } from '@noema/population';
import type { ModelSource } from '../analysis/analysis.js';
import type { ExplanationsConfig } from '../config.js';
import type { OpenModel, Randomization } from '../model/model.ports.js';
import { TwoClassModel, tellsTwoClasses } from '../model/two-class.model.js';
import { LayersModel } from './layers.model.js';
import { ModelExchange } from '../served-model/model-exchange.js';
import type { ServedSource, ServedShape } from '../served-model/served-model.js';
import { needsGraph } from '../served-model/served-model.errors.js';
import { MatrixCache } from './matrix.cache.js';
import { ServedModel } from './served.model.js';
import { randomizedWeights } from './randomized.weights.js';

const KEPT_MODELS = 2;
/**
 * Share of the memory of a worker that the weights of one kept model may take; larger ones are kept alone.
 */
const MODEL_SHARE = 1 / 16;

interface Kept {
  readonly model: OpenModel;
  readonly weightBytes: number;
}

/** Opens models of the store and runs them by the engine; the ones used last are kept. */
@Injectable()
export class ModelStore implements OnApplicationShutdown {
  private readonly models: LruCache<Kept>;
  private engine: Engine | undefined;

  constructor(
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
    @Inject(MatrixCache) private readonly matrices: MatrixCache,
    @Inject(SETTINGS) private readonly settings: ExplanationsConfig,
    @Inject(ModelExchange) private readonly exchange: Pick<ModelExchange, 'ask'>,
    @Inject(SampleScores) private readonly scores: Pick<SampleScores, 'losses'>,
  ) {
    const share = (settings.workerBytes ?? DEFAULT_WORKER_BYTES) * MODEL_SHARE;
    this.models = new LruCache(KEPT_MODELS, {
      weigh: ({ weightBytes }) => Math.max(1, weightBytes / share),
    });
  }

  async open(source: ModelSource): Promise<OpenModel> {
    if (source.served !== undefined) return this.openServed(source, source.served);
    const { model } = await this.models.get(
      JSON.stringify([
        source.topology.sha256,
        source.weights.sha256,
        source.loss,
        source.losses,
        source.task,
        source.objectClasses,
        ...(source.scored === undefined ? [] : [source.scored]),
        ...(source.output === undefined ? [] : [{ output: source.output }]),
      ]),
      () => this.compile(source),
    );
    return model;
  }

  /**
   * Opens the model with random weights from the output down to a layer; the same seed gives the same weights.
   * The model is not kept.
   */
  async openRandomized(source: ModelSource, randomization: Randomization): Promise<OpenModel> {
    if (source.served !== undefined) throw needsGraph('a model with random weights');
    return (await this.compile(source, randomization)).model;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.engine?.close();
  }

  /** A model that a process of a user computes; its topology has the shapes of its inputs. */
  private async openServed({ topology, task, loss }: ModelSource, served: ServedSource): Promise<OpenModel> {
    const { inputs } = JSON.parse(new TextDecoder().decode(await this.store.get(topology))) as {
      readonly inputs: readonly ServedShape[];
    };
    const model = new ServedModel(this.exchange, served, {
      loss: loss?.name,
      inputs,
      read: (ref) => this.matrices.get(ref),
    });
    return tellsTwoClasses(model.width, { task, loss }) ? new TwoClassModel(model) : model;
  }

  private async compile(
    { topology, weights, output, loss, losses: byOutput, task, objectClasses, scored }: ModelSource,
    randomization?: Randomization,
  ): Promise<Kept> {
    const [topologyBytes, weightBytes] = await Promise.all([
      this.store.get(topology),
      this.store.get(weights),
    ]);
    const model = withFirst(
      compileModel(new TextDecoder().decode(topologyBytes), { mode: 'inference' }),
      output,
    );
    const named =
      byOutput ?? (loss === undefined ? [] : model.outputs.map(({ name: output }) => ({ ...loss, output })));
    const losses = named.map(
      ({ name, config, output }): LossSpec => ({
        loss: name,
        parameters: Object.fromEntries(
          Object.entries(config).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
        ),
        output,
      }),
    );
    const { engineThreads: threads, engineBackend: backend, workerBytes } = this.settings;
    this.engine ??= Engine.start({ backend, ...(threads > 0 ? { threads } : {}), workerBytes });
    const trained = decodeWeights(model.parameters, weightBytes);
    const values = randomization === undefined ? trained : randomizedWeights(model, trained, randomization);
    const opened = new LayersModel(this.engine, model, values, {
      losses,
      read: (ref) => this.matrices.get(ref),
      isPerPosition: task === 'per-pixel',
      objectClasses,
      ...(scored && {
        scoreLoss: (predicted: RowPredictions, signal: AbortSignal) =>
          this.scores.losses(scored.teamId, scored.datasetVersionId, predicted, {
            signal,
            withGradient: true,
          }),
      }),
      ...(workerBytes !== undefined && { workerBytes }),
    });
    return {
      model: tellsTwoClasses(opened.width, { task, loss }) ? new TwoClassModel(opened) : opened,
      weightBytes: weightBytes.byteLength,
    };
  }
}

/** The model with the explained output first, which programs compute scores of. Throws `invalid` OUTPUT_UNKNOWN. */
function withFirst(model: CompiledModel, name: string | undefined): CompiledModel {
  if (name === undefined) return model;
  const first = findOutput(model, name);
  return { ...model, outputs: [first, ...model.outputs.filter((output) => output !== first)] };
}
