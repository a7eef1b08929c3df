import {
  type ActivationsProgram,
  activationsProgram,
  batchRows,
  DEFAULT_WORKER_BYTES,
  type Engine,
  type EvaluateProgram,
  evaluateProgram,
  type GradientsProgram,
  gradientsProgram,
  type HeadGradientsProgram,
  headGradientsProgram,
  type LossSpec,
  type Program,
  type ResponsesProgram,
  type RunOptions,
  responsesProgram,
  type Tensors,
  type Weights,
} from '@noema/engine';
import { LruCache } from '@noema/kernel';
import type { CompiledModel, LayerInfo } from '@noema/layers';
import { elementCount } from '@noema/onnx';

/** Share of the memory of a worker that programs of a model may take, apart from the one in use. */
const PROGRAM_SHARE = 1 / 8;

/**
 * The programs of a model, each compiled on first use; the most recently used ones stay in memory as long as
 * they fit.
 */
export class ModelPrograms {
  /** Rows of one run: bounds the memory that feature maps take, all of which a pass back reads. */
  readonly rowsOfRun: { readonly forward: number; readonly backward: number };
  private readonly programs: LruCache<{ readonly program: Program } | undefined>;

  /** `own` is the trained model; `model` gives the scores that are explained, at `blocks` as well. */
  constructor(
    private readonly engine: Engine,
    private readonly own: CompiledModel,
    private readonly model: CompiledModel,
    private readonly weights: Weights,
    private readonly options: {
      readonly blocks: readonly LayerInfo[];
      readonly losses: readonly LossSpec[];
      readonly workerBytes?: number | undefined;
    },
  ) {
    const { workerBytes } = options;
    // Each program holds a copy of the weights.
    this.programs = new LruCache((workerBytes ?? DEFAULT_WORKER_BYTES) * PROGRAM_SHARE, {
      weigh: (made) => made?.program.bytes.byteLength ?? 0,
    });
    const limits = { threads: engine.threads, workerBytes };
    this.rowsOfRun = {
      forward: batchRows(own, limits),
      backward: batchRows(own, { ...limits, backward: true }),
    };
  }

  /** Predictions of the trained model. */
  whole(): Promise<EvaluateProgram> {
    return this.compiled('whole', () => evaluateProgram(this.own, this.weights, [], this.engine));
  }

  /** Predictions of the model whose scores are explained. */
  evaluation(): Promise<EvaluateProgram> {
    return this.compiled('evaluation', () => evaluateProgram(this.model, this.weights, [], this.engine));
  }

  /** Mean responses of the units of some layers. */
  responses(layers: readonly string[]): Promise<ResponsesProgram> {
    return this.compiled(`responses ${layers.join('\n')}`, () =>
      responsesProgram(this.model, this.weights, [], { follow: layers }),
    );
  }

  /** The model behind a layer; undefined where it cannot be cut there. */
  compileHead(layer: LayerInfo, { isGiven = false } = {}): Promise<HeadGradientsProgram | undefined> {
    return this.compiled(`head ${String(isGiven)} ${layer.name}`, () =>
      headGradientsProgram(this.model, this.weights, layer, { isGiven }),
    );
  }

  /** Gradients of the scores or of the loss at the layers and the inputs. */
  compileGradients(of: 'scores' | 'loss'): Promise<GradientsProgram> {
    const layers = this.model.layers.map(({ name }) => name);
    return this.compiled(of, () =>
      of === 'loss'
        ? gradientsProgram(this.own, this.weights, { of, layers, inputs: true, losses: this.options.losses })
        : gradientsProgram(this.model, this.weights, { of, layers, inputs: true }),
    );
  }

  /** Scores with the activations of layers and blocks. */
  forward(): Promise<ActivationsProgram> {
    const layers = [...this.model.layers, ...this.options.blocks];
    return this.compiled('forward', () => activationsProgram({ ...this.model, layers }, this.weights));
  }

  /** Feeds what the program takes: what no output depends on is no input of it. */
  run(program: Program, feeds: Tensors, options: RunOptions): Promise<Tensors> {
    const wanted = new Set(program.inputs.map(({ name }) => name));
    return this.engine.run(
      program,
      Object.fromEntries(Object.entries(feeds).filter(([name]) => wanted.has(name))),
      options,
    );
  }

  /** Runs rows of inputs of some dimensions, float32 row-major, in batches that fit into memory. */
  async batches(
    rows: Float32Array,
    dims: readonly number[],
    run: (batch: Float32Array, n: number, from: number) => Promise<Tensors>,
    direction: 'forward' | 'backward' = 'forward',
  ): Promise<Tensors[]> {
    const size = elementCount(dims);
    const total = rows.length / size;
    const batchRows = this.rowsOfRun[direction];
    const starts = Array.from({ length: Math.ceil(total / batchRows) }, (_, i) => i * batchRows);
    return Promise.all(
      starts.map((from) => {
        const to = Math.min(total, from + batchRows);
        return run(rows.slice(from * size, to * size), to - from, from);
      }),
    );
  }

  private compiled<T extends { readonly program: Program } | undefined>(
    key: string,
    make: () => T,
  ): Promise<T> {
    return this.programs.get(
      key,
      () =>
        new Promise((resolve) => {
          resolve(make());
        }),
    ) as Promise<T>;
  }
}
