import type { MatrixFile } from '@noema/artifacts';
import {
  type Engine,
  type GradientsProgram,
  type LossSpec,
  type Tensors,
  listTargets,
  type Weights,
} from '@noema/engine';
import type { ArtifactRef } from '@noema/kernel';
import { blockOutputs, type CompiledModel, type LayerInfo } from '@noema/layers';
import { elementCount, float32, int64 } from '@noema/onnx';
import type { RowLosses, RowPredictions } from '@noema/population';
import { type FeatureMap, featureMap } from '@noema/saliency';
import { groundTruthsDiffer, inputsDiffer, notCutAt } from '../analysis/analysis.errors.js';
import type { StoredRow } from '../analysis/analysis.js';
import { toPositions } from '../heat-map/geometry.js';
import type {
  ClassQuery,
  GradientQuery,
  InputQuery,
  ModelLayer,
  OpenModel,
  RowGradients,
  SampleTensors,
} from '../model/model.ports.js';
import { type AreaScores, areaScores } from './area-scores.js';
import { ModelPrograms } from './model-programs.js';
import { objectScores } from './object-scores.js';
import { joined, readRows, repeated } from './sample-tensors.js';

/**
 * A layers model as programs: predictions, scores with activations, gradients of scores, of class scores at
 * one layer, of the loss; each compiled on first use.
 */
export class LayersModel implements OpenModel {
  readonly layers: readonly ModelLayer[];
  readonly blocks: readonly ModelLayer[];
  readonly width: number;
  readonly input: OpenModel['input'];
  private readonly programs: ModelPrograms;
  /** The model with scores of classes where it gives a class for every position. */
  private readonly model: CompiledModel;
  private readonly areas: AreaScores | undefined;
  private readonly blockInfos: readonly LayerInfo[];

  constructor(
    engine: Engine,
    private readonly own: CompiledModel,
    weights: Weights,
    private readonly data: {
      readonly losses: readonly LossSpec[];
      readonly read: (ref: ArtifactRef) => Promise<MatrixFile>;
      /** Computes the loss `integration` and its gradient; absent for other losses. */
      readonly scoreLoss?: (predicted: RowPredictions, signal: AbortSignal) => Promise<RowLosses>;
      readonly isPerPosition?: boolean;
      /** Number of classes of the objects that the model predicts; absent for other tasks. */
      readonly objectClasses?: number | undefined;
      readonly workerBytes?: number;
    },
  ) {
    this.areas = data.isPerPosition === true ? areaScores(own) : undefined;
    const model = (this.model =
      this.areas?.model ?? (data.objectClasses === undefined ? own : objectScores(own, data.objectClasses)));
    const [input] = model.inputs;
    const [output] = model.outputs;
    this.blockInfos = blockOutputs(model);
    this.programs = new ModelPrograms(engine, own, model, weights, {
      blocks: this.blockInfos,
      losses: data.losses,
      workerBytes: data.workerBytes,
    });
    this.layers = model.layers.map(toLayer);
    this.blocks = this.blockInfos.map(toLayer);
    this.width = elementCount(output!.dims.slice(1) as number[]);
    const embedding = findEmbedding(model, input!.name);
    this.input = {
      name: input!.name,
      dims: input!.dims.slice(1) as number[],
      ...(embedding === undefined ? {} : { embedding }),
    };
  }

  async readTensors({ inputs, groundTruths, row, shardRow, split }: StoredRow): Promise<SampleTensors> {
    const wanted = this.own.inputs.map(({ name, dims }) => ({ name, dims: dims.slice(1) as number[] }));
    const read = await this.withAreas({
      inputs: readRows(await this.data.read(inputs), wanted, shardRow, inputsDiffer),
    });
    if (groundTruths === undefined || split === 'unlabeled' || this.data.losses.length === 0) return read;
    if (this.data.scoreLoss !== undefined) return { ...read, targets: new Map(), scoredRow: row };
    const targets = listTargets(this.own, this.data.losses).map(({ name, output, dims }) => ({
      name,
      dims,
      column: output,
    }));
    return {
      ...read,
      targets: readRows(await this.data.read(groundTruths), targets, shardRow, groundTruthsDiffer),
    };
  }

  /** Adds the areas where each class is predicted, which stay fixed while the sample is changed. */
  private async withAreas(sample: SampleTensors): Promise<SampleTensors> {
    if (this.areas === undefined) return sample;
    const {
      program,
      predictions: [prediction],
    } = await this.programs.whole();
    const found = await this.programs.run(
      program,
      this.feeds(sample, sample.inputs.get(this.input.name)!.data, 1),
      {
        fetches: [prediction!],
      },
    );
    const { counts, area } = this.areas.toAreas(found[prediction!]!.data as Float32Array);
    return { ...sample, areas: counts, inputs: new Map([...sample.inputs, [this.areas.input, area]]) };
  }

  async predict(sample: SampleTensors, rows: Float32Array, signal: AbortSignal): Promise<Float32Array> {
    const {
      program,
      predictions: [prediction],
    } = await this.programs.evaluation();
    const parts = await this.programs.batches(rows, this.input.dims, (batch, n) =>
      this.programs.run(program, this.feeds(sample, batch, n), { signal, fetches: [prediction!] }),
    );
    return joined(parts, prediction!);
  }

  async score(sample: SampleTensors, rows: Float32Array, signal: AbortSignal): Promise<Float32Array> {
    const { program, scores } = await this.programs.forward();
    return joined(
      await this.programs.batches(rows, this.input.dims, (batch, n) =>
        this.programs.run(program, this.feeds(sample, batch, n), { signal, fetches: [scores] }),
      ),
      scores,
    );
  }

  async scoreGradients(
    sample: SampleTensors,
    { rows, classes, layers, signal }: GradientQuery & { readonly classes: readonly number[] },
  ): Promise<RowGradients[]> {
    const program = await this.programs.compileGradients('scores');
    const parts = await this.programs.batches(
      rows,
      this.input.dims,
      (batch, n, from) =>
        this.programs.run(
          program.program,
          { ...this.feeds(sample, batch, n), [program.seed!]: this.seeds(classes.slice(from, from + n)) },
          { signal, fetches: this.fetches(program, layers) },
        ),
      'backward',
    );
    return parts.flatMap((out) => this.rowsOfBatch(program, out, layers));
  }

  async classGradients(
    sample: SampleTensors,
    { layer, classes, signal }: ClassQuery,
  ): Promise<{ activation: FeatureMap; gradients: FeatureMap[] }> {
    const head = await this.programs.compileHead(this.getInfo(layer));
    const input = sample.inputs.get(this.input.name)!.data;
    if (head === undefined) return this.repeatedGradients(sample, { layer, classes, signal });
    const found = await this.programs.run(
      head.program,
      {
        ...this.feeds(sample, input, 1),
        [head.of]: int64(
          classes.map(() => 0),
          [classes.length],
        ),
        [head.seed]: this.seeds(classes),
      },
      { signal },
    );
    const activation = this.toMap(layer, found[head.activation]!.data as Float32Array);
    const size = activation.data.length;
    const all =
      head.gradient === undefined
        ? new Float32Array(classes.length * size)
        : (found[head.gradient]!.data as Float32Array);
    return {
      activation,
      gradients: classes.map((_, i) => this.toMap(layer, all.subarray(i * size, (i + 1) * size))),
    };
  }

  async gradientsAt(
    sample: SampleTensors,
    { layer, activations, classes, signal }: InputQuery,
  ): Promise<{ scores: Float32Array; gradients: Float32Array[] }> {
    const head = await this.programs.compileHead(this.getInfo(layer), { isGiven: true });
    const size = activations.length / classes.length;
    const dims = this.getInfo(layer).dims.slice(1) as number[];
    if (head === undefined) throw notCutAt(layer);
    const starts = Array.from(
      { length: Math.ceil(classes.length / this.programs.rowsOfRun.backward) },
      (_, i) => i * this.programs.rowsOfRun.backward,
    );
    const parts = await Promise.all(
      starts.map((from) => {
        const asked = classes.slice(from, from + this.programs.rowsOfRun.backward);
        const n = asked.length;
        const feeds: Record<string, Tensors[string]> = {
          ...this.feeds(sample, sample.inputs.get(this.input.name)!.data, 1),
          [head.of]: int64(
            asked.map(() => 0),
            [n],
          ),
          [head.seed]: this.seeds(asked),
          [head.activation]: float32(activations.slice(from * size, (from + n) * size), [n, ...dims]),
        };
        return this.programs.run(head.program, feeds, { signal });
      }),
    );
    const all =
      head.gradient === undefined ? new Float32Array(activations.length) : joined(parts, head.gradient);
    return {
      scores: joined(parts, head.scores),
      gradients: classes.map((_, i) => all.subarray(i * size, (i + 1) * size)),
    };
  }

  /** For a model that cannot be cut at the layer: a whole pass for each class. */
  private async repeatedGradients(
    sample: SampleTensors,
    { layer, classes, signal }: ClassQuery,
  ): Promise<{ activation: FeatureMap; gradients: FeatureMap[] }> {
    const input = sample.inputs.get(this.input.name)!.data;
    const rows = new Float32Array(classes.length * input.length);
    classes.forEach((_, i) => {
      rows.set(input, i * input.length);
    });
    const found = await this.scoreGradients(sample, { rows, classes, layers: [layer], signal });
    return {
      activation: found[0]!.activations.get(layer)!,
      gradients: found.map(({ gradients }) => gradients.get(layer)!),
    };
  }

  async lossGradients(
    sample: SampleTensors,
    { rows, layers, signal }: GradientQuery,
  ): Promise<RowGradients[]> {
    const program = await this.programs.compileGradients('loss');
    const parts = await this.programs.batches(
      rows,
      this.input.dims,
      async (batch, n) =>
        this.programs.run(
          program.program,
          {
            ...this.feeds(sample, batch, n),
            ...(sample.scoredRow === undefined
              ? repeated(sample.targets!, n)
              : await this.scoredTargets(sample, batch, { n, signal })),
          },
          { signal, fetches: this.fetches(program, layers) },
        ),
      'backward',
    );
    return parts.flatMap((out) => this.rowsOfBatch(program, out, layers));
  }

  /** The gradients of the loss of the integration at the predictions for some rows. */
  private async scoredTargets(
    sample: SampleTensors,
    batch: Float32Array,
    { n, signal }: { readonly n: number; readonly signal: AbortSignal },
  ): Promise<Tensors> {
    const {
      program,
      predictions: [prediction],
    } = await this.programs.whole();
    const found = await this.programs.run(program, this.feeds(sample, batch, n), {
      signal,
      fetches: [prediction!],
    });
    const [output] = listTargets(this.own, this.data.losses);
    const predictions = found[prediction!]!.data as Float32Array;
    const rows = new Array<number>(n).fill(sample.scoredRow!);
    const { gradients } = await this.data.scoreLoss!({ rows, dims: output!.dims, predictions }, signal);
    return { [output!.name]: float32(gradients, [n, ...output!.dims]) };
  }

  async activations(
    sample: SampleTensors,
    layers: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, FeatureMap>> {
    const { program, activations } = await this.programs.forward();
    const names = layers.map((layer) => activations.get(layer)!);
    const out = await this.programs.run(
      program,
      this.feeds(sample, sample.inputs.get(this.input.name)!.data, 1),
      {
        signal,
        fetches: names,
      },
    );
    return new Map(
      layers.map((layer, i) => [layer, this.toMap(layer, out[names[i]!]!.data as Float32Array)]),
    );
  }

  async responses(sample: SampleTensors, { rows, layers, signal }: GradientQuery): Promise<Float32Array> {
    const { program, layers: made } = await this.programs.responses(layers);
    const wanted = layers.map((name) => made.find(({ layer }) => layer.name === name)!);
    const total = wanted.reduce((sum, { layer: { units } }) => sum + units, 0);
    const fetches = [...new Set(wanted.map(({ mean }) => mean))];
    const parts = await this.programs.batches(rows, this.input.dims, (batch, n) =>
      this.programs.run(program, this.feeds(sample, batch, n), { signal, fetches }),
    );
    const all = new Float32Array((rows.length / elementCount(this.input.dims)) * total);
    let offset = 0;
    for (const {
      layer: { units },
      mean,
    } of wanted) {
      joined(parts, mean).forEach((value, i) => {
        all[Math.floor(i / units) * total + offset + (i % units)] = value;
      });
      offset += units;
    }
    return all;
  }

  /** One-hot rows of cotangents. */
  private seeds(classes: readonly number[]): Tensors[string] {
    const data = new Float32Array(classes.length * this.width);
    classes.forEach((index, row) => {
      data[row * this.width + index] = 1;
    });
    return float32(data, [classes.length, ...(this.model.outputs[0]!.dims.slice(1) as number[])]);
  }

  private feeds({ inputs }: SampleTensors, batch: Float32Array, n: number): Record<string, Tensors[string]> {
    return { ...repeated(inputs, n), [this.input.name]: float32(batch, [n, ...this.input.dims]) };
  }

  private fetches(
    { activations, gradients, loss, scores }: GradientsProgram,
    layers: readonly string[],
  ): string[] {
    const names = layers.flatMap((layer) => [activations.get(layer), gradients.get(layer)]);
    // Something has to be fetched, also where no gradient is anything but zero.
    return [
      ...new Set(
        [loss ?? scores, gradients.get(this.input.name), ...names].filter((name) => name !== undefined),
      ),
    ];
  }

  private rowsOfBatch(
    { activations, gradients, loss, scores }: GradientsProgram,
    out: Tensors,
    layers: readonly string[],
  ): RowGradients[] {
    const n = out[loss ?? scores]!.dims[0]!;
    const size = elementCount(this.input.dims);
    const sliceRow = (tensor: string | undefined, row: number, length: number): Float32Array => {
      const all = tensor === undefined ? undefined : (out[tensor]!.data as Float32Array);
      return all?.slice(row * length, (row + 1) * length) ?? new Float32Array(length);
    };
    const sliceMaps = (tensors: ReadonlyMap<string, string>, row: number): Map<string, FeatureMap> =>
      new Map(
        layers.map((layer) => [
          layer,
          this.toMap(
            layer,
            sliceRow(tensors.get(layer), row, elementCount(this.getInfo(layer).dims.slice(1) as number[])),
          ),
        ]),
      );
    return Array.from({ length: n }, (_, row) => ({
      activations: sliceMaps(activations, row),
      gradients: sliceMaps(gradients, row),
      input: sliceRow(gradients.get(this.input.name), row, size),
    }));
  }

  private toMap(layer: string, data: Float32Array): FeatureMap {
    const { spatial, units, unitAxis } = this.getInfo(layer);
    return featureMap(
      data,
      { ...toPositions(spatial), channels: units },
      unitAxis === 1 && spatial.length > 0 ? 'chw' : 'hwc',
    );
  }

  private getInfo(layer: string): LayerInfo {
    return [...this.model.layers, ...this.blockInfos].find(({ name }) => name === layer)!;
  }
}

const toLayer = ({ name, kind, units, spatial, isConvolution }: LayerInfo): ModelLayer => ({
  name,
  kind,
  units,
  positionDims: spatial,
  isConvolution,
});

/** The embedding layer whose numbers are the input's own, when there is one. */
function findEmbedding({ graph, layers }: CompiledModel, input: string): string | undefined {
  const numbers = new Set([input]);
  for (const { opType, inputs, outputs } of graph.nodes)
    if (opType === 'Cast' && numbers.has(inputs[0]!)) numbers.add(outputs[0]!);
  const looked = graph.nodes.find(({ opType, inputs }) => opType === 'Gather' && numbers.has(inputs[1]!));
  return layers.find(({ activation, kind }) => kind === 'Embedding' && looked?.outputs[0] === activation)
    ?.name;
}
