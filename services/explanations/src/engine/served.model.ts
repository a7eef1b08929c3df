import type { MatrixFile } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import {
  EVALUATION_COLUMNS,
  findDifference,
  MAX_DIFFERENCE,
  type RecordedLayer,
} from '@noema/population/rules';
import { channelMeans, type FeatureMap, featureMap } from '@noema/saliency';
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
import type { ModelExchange } from '../served-model/model-exchange.js';
import {
  lossWeights,
  MAX_BYTES,
  type ModelQuery,
  type ModelResult,
  QUERY_BYTES,
  RESULT_BYTES,
  type ServedSource,
  type ServedTensor,
  toOutputs,
} from '../served-model/served-model.js';
import {
  needsGraph,
  servedModelDiffers,
  servedResultInvalid,
  servedResultNotFinite,
  servedTooLarge,
} from '../served-model/served-model.errors.js';

/** Rows, and the numbers that are requested of them. */
interface RowsQuery {
  readonly rows: Float32Array;
  /** [rows, width]. */
  readonly scoreWeights?: Float32Array;
  readonly inputGradients?: boolean;
  readonly layers?: readonly string[];
  readonly signal: AbortSignal;
}

/** A checked result of some rows. */
interface RowsResult {
  readonly scores: Float32Array;
  readonly inputGradients: Float32Array;
  readonly activations: ReadonlyMap<string, Float32Array>;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** A model that a process of a user computes. Every result is checked: its sizes, and that it is finite. */
export class ServedModel implements OpenModel {
  readonly layers: readonly ModelLayer[];
  readonly blocks: readonly ModelLayer[] = [];
  readonly width: number;
  readonly input: OpenModel['input'];

  constructor(
    private readonly exchange: Pick<ModelExchange, 'ask'>,
    private readonly source: ServedSource,
    private readonly data: {
      readonly loss: string | undefined;
      /** Shapes of the inputs; the first is explained. */
      readonly inputs: readonly { readonly name: string; readonly dims: readonly number[] }[];
      readonly read: (ref: ArtifactRef) => Promise<MatrixFile>;
    },
  ) {
    this.layers = source.layers.map(({ name, kind, units, positionDims }) => ({
      name,
      kind,
      units,
      positionDims,
      isConvolution: positionDims.length > 0,
    }));
    this.width = source.width;
    this.input = data.inputs[0]!;
  }

  /** Throws `invalid` SERVED_MODEL_DIFFERS where the model no longer gives what was recorded of the sample. */
  async readTensors({ inputs, groundTruths, shardRow, row, split }: StoredRow): Promise<SampleTensors> {
    const file = await this.data.read(inputs);
    const read = new Map(
      this.data.inputs.map(({ name, dims }) => [
        name,
        { data: file.float32Rows(name, shardRow, shardRow + 1).data.slice(), dims },
      ]),
    );
    const sample = { inputs: read };
    await this.requireRecorded(sample, row);
    if (groundTruths === undefined || split === 'unlabeled' || this.data.loss === undefined) return sample;
    const truths = await this.data.read(groundTruths);
    const name = truths.columns[0]!.name;
    const truth = truths.float32Rows(name, shardRow, shardRow + 1).data;
    const targets = toTargets(truth, this.width);
    return targets === undefined
      ? sample
      : { ...sample, targets: new Map([[name, { data: targets, dims: [this.width] }]]) };
  }

  async predict(sample: SampleTensors, rows: Float32Array, signal: AbortSignal): Promise<Float32Array> {
    return toOutputs(await this.score(sample, rows, signal), this.width, this.source.activation);
  }

  async score(sample: SampleTensors, rows: Float32Array, signal: AbortSignal): Promise<Float32Array> {
    return (await this.run(sample, { rows, signal })).scores;
  }

  scoreGradients(
    sample: SampleTensors,
    { rows, classes, layers, signal }: GradientQuery & { readonly classes: readonly number[] },
  ): Promise<RowGradients[]> {
    return this.gradients(sample, { rows, layers, signal, scoreWeights: this.oneHot(classes) });
  }

  async classGradients(
    sample: SampleTensors,
    { layer, classes, signal }: ClassQuery,
  ): Promise<{ activation: FeatureMap; gradients: FeatureMap[] }> {
    const rows = repeated(sample.inputs.get(this.input.name)!.data, classes.length);
    const scoreWeights = this.oneHot(classes);
    const found = await this.run(sample, { rows, scoreWeights, layers: [layer], signal });
    const size = this.computeSize(layer);
    const mapAt = (all: Float32Array, i: number): FeatureMap =>
      this.toMap(layer, all.slice(i * size, (i + 1) * size));
    return {
      activation: mapAt(found.activations.get(layer)!, 0),
      gradients: classes.map((_, i) => mapAt(found.gradients.get(layer)!, i)),
    };
  }

  gradientsAt(_: SampleTensors, { layer }: InputQuery): ReturnType<OpenModel['gradientsAt']> {
    return Promise.reject(needsGraph(`a gradient for given activations of "${layer}"`));
  }

  async lossGradients(
    sample: SampleTensors,
    { rows, layers, signal }: GradientQuery,
  ): Promise<RowGradients[]> {
    const scores = await this.score(sample, rows, signal);
    const [target] = sample.targets!.values();
    const targets = repeated(target!.data, scores.length / this.width);
    const scoreWeights = lossWeights(this.data.loss!, scores, targets, this.source);
    if (scoreWeights === undefined) throw needsGraph(`the gradient of the loss "${this.data.loss}"`);
    return this.gradients(sample, { rows, layers, signal, scoreWeights });
  }

  async responses(sample: SampleTensors, { rows, layers, signal }: GradientQuery): Promise<Float32Array> {
    const { activations } = await this.run(sample, { rows, layers, signal });
    const n = this.countRows(rows);
    return Float32Array.from(
      Array.from({ length: n }, (_, row) =>
        layers.flatMap((layer) => {
          const size = this.computeSize(layer);
          const all = activations.get(layer)!;
          return [...channelMeans(this.toMap(layer, all.subarray(row * size, (row + 1) * size)))];
        }),
      ).flat(),
    );
  }

  async activations(
    sample: SampleTensors,
    layers: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, FeatureMap>> {
    const rows = sample.inputs.get(this.input.name)!.data;
    const { activations } = await this.run(sample, { rows, layers, signal });
    return new Map(layers.map((layer) => [layer, this.toMap(layer, activations.get(layer)!)]));
  }

  private async requireRecorded(sample: SampleTensors, row: number): Promise<void> {
    if (this.source.evaluation === undefined) return;
    const file = await this.data.read(this.source.evaluation);
    const { predictions, probabilities } = EVALUATION_COLUMNS;
    const column = file.columns.some(({ name }) => name === predictions) ? predictions : probabilities;
    const expected = file.float32Rows(column, row, row + 1).data;
    if (!expected.every(Number.isFinite)) return;
    const input = sample.inputs.get(this.input.name)!.data;
    const found = await this.predict(sample, input, AbortSignal.timeout(600_000));
    const difference = findDifference(found, expected);
    if (!(difference <= MAX_DIFFERENCE)) throw servedModelDiffers(difference, 1);
  }

  private async gradients(
    sample: SampleTensors,
    query: Required<Omit<RowsQuery, 'inputGradients'>>,
  ): Promise<RowGradients[]> {
    const { layers, rows } = query;
    const found = await this.run(sample, { ...query, inputGradients: true });
    const size = this.inputSize;
    const toMaps = (all: ReadonlyMap<string, Float32Array>, row: number): Map<string, FeatureMap> =>
      new Map(
        layers.map((layer) => {
          const of = this.computeSize(layer);
          return [layer, this.toMap(layer, all.get(layer)!.slice(row * of, (row + 1) * of))];
        }),
      );
    return Array.from({ length: this.countRows(rows) }, (_, row) => ({
      activations: toMaps(found.activations, row),
      gradients: toMaps(found.gradients, row),
      input: found.inputGradients.slice(row * size, (row + 1) * size),
    }));
  }

  /** Asks in queries of bounded size: some rows, and some layers, at a time. */
  private async run(sample: SampleTensors, query: RowsQuery): Promise<RowsResult> {
    const { rows, scoreWeights, inputGradients = false, layers = [], signal } = query;
    const n = this.countRows(rows);
    const copies = scoreWeights === undefined ? 1 : 2;
    const own = 4 * (this.width + (inputGradients ? this.inputSize : 0));
    if (4 * this.inputSize > MAX_BYTES) throw servedTooLarge('the input', 4 * this.inputSize, MAX_BYTES);
    const groups = this.groupLayers(layers, copies);
    const parts = await Promise.all(
      groups.map(async (group, i) => {
        const bytes = group.reduce((sum, layer) => sum + 4 * copies * this.computeSize(layer), own);
        const most = Math.min(QUERY_BYTES / (4 * this.inputSize), RESULT_BYTES / bytes);
        const step = Math.max(1, Math.floor(most));
        const starts = Array.from({ length: Math.ceil(n / step) }, (_, j) => j * step);
        return Promise.all(
          starts.map((from) => {
            const to = Math.min(n, from + step);
            return this.ask(
              {
                rows: to - from,
                inputs: this.toInputs(sample, rows.slice(from * this.inputSize, to * this.inputSize)),
                ...(scoreWeights && {
                  scoreWeights: scoreWeights.slice(from * this.width, to * this.width),
                }),
                // The first group has the gradient of the input.
                inputGradients: inputGradients && i === 0,
                layers: group,
              },
              signal,
            );
          }),
        );
      }),
    );
    const first = parts[0]!;
    const columns = (of: (part: RowsResult) => ReadonlyMap<string, Float32Array>) =>
      new Map(
        parts.flatMap((group, i) =>
          groups[i]!.map((layer): [string, Float32Array] => [
            layer,
            joined(group.map((part) => of(part).get(layer)!)),
          ]),
        ),
      );
    return {
      scores: joined(first.map(({ scores }) => scores)),
      inputGradients: joined(first.map((part) => part.inputGradients)),
      activations: columns(({ activations }) => activations),
      gradients: scoreWeights === undefined ? new Map() : columns(({ gradients }) => gradients),
    };
  }

  private async ask(query: ModelQuery, signal: AbortSignal): Promise<RowsResult> {
    const result = await this.exchange.ask(this.source, query, signal);
    const { rows, inputGradients, layers, scoreWeights } = query;
    requireNumbers('the scores', result.scores, rows * this.width);
    const size = inputGradients ? rows * this.inputSize : 0;
    requireNumbers('the gradients of the input', result.inputGradients, size);
    const toColumns = (tensors: ModelResult['activations'], what: string): Map<string, Float32Array> =>
      new Map(
        layers.map((layer) => {
          const data = tensors.find(({ name }) => name === layer)?.data ?? new Float32Array();
          requireNumbers(`the ${what} of layer "${layer}"`, data, rows * this.computeSize(layer));
          return [layer, data];
        }),
      );
    return {
      scores: result.scores,
      inputGradients: result.inputGradients,
      activations: toColumns(result.activations, 'activations'),
      gradients: scoreWeights === undefined ? new Map() : toColumns(result.gradients, 'gradients'),
    };
  }

  /** At least one group, which may be empty. */
  private groupLayers(layers: readonly string[], copies: number): string[][] {
    const groups: string[][] = [[]];
    let bytes = 0;
    for (const layer of layers) {
      const size = 4 * copies * this.computeSize(layer);
      if (size > MAX_BYTES) throw servedTooLarge(`layer "${layer}"`, size, MAX_BYTES);
      if (bytes + size > RESULT_BYTES && groups.at(-1)!.length > 0) {
        groups.push([]);
        bytes = 0;
      }
      groups.at(-1)!.push(layer);
      bytes += size;
    }
    return groups;
  }

  private toInputs({ inputs }: SampleTensors, rows: Float32Array): ServedTensor[] {
    return this.data.inputs.map(({ name, dims }, i) => ({
      name,
      dims,
      data: i === 0 ? rows : inputs.get(name)!.data,
    }));
  }

  private oneHot(classes: readonly number[]): Float32Array {
    const data = new Float32Array(classes.length * this.width);
    classes.forEach((index, row) => {
      data[row * this.width + index] = 1;
    });
    return data;
  }

  private get inputSize(): number {
    return product(this.input.dims);
  }

  private countRows(rows: Float32Array): number {
    return rows.length / this.inputSize;
  }

  private getLayer(name: string): RecordedLayer {
    return this.source.layers.find((layer) => layer.name === name)!;
  }

  private computeSize(name: string): number {
    const { units, positionDims } = this.getLayer(name);
    return units * product(positionDims);
  }

  private toMap(name: string, data: Float32Array): FeatureMap {
    const { units, positionDims } = this.getLayer(name);
    return featureMap(data, { ...toPositions(positionDims), channels: units }, 'hwc');
  }
}

function requireNumbers(what: string, data: Float32Array, expected: number): void {
  if (data.length !== expected) throw servedResultInvalid(what, data.length, expected);
  if (!data.every(Number.isFinite)) throw servedResultNotFinite(what);
}

/** Ground truth as numbers for each output; undefined where it cannot be compared with them. */
function toTargets(truth: Float32Array, width: number): Float32Array | undefined {
  if (truth.length === width) return truth.slice();
  const [index] = truth;
  if (truth.length !== 1 || !Number.isInteger(index) || index! < 0 || index! >= width) return undefined;
  const targets = new Float32Array(width);
  targets[index!] = 1;
  return targets;
}

function repeated(values: Float32Array, n: number): Float32Array {
  const all = new Float32Array(n * values.length);
  for (let row = 0; row < n; row++) all.set(values, row * values.length);
  return all;
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  if (arrays.length === 1) return arrays[0]!;
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

const product = (dims: readonly number[]): number => dims.reduce((size, dim) => size * dim, 1);
