import { createHash } from 'node:crypto';
import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import { Inject, Injectable } from '@nestjs/common';
import { ARTIFACT_STORE, SETTINGS } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import { elementCount, float32, type TensorData } from '@noema/onnx';
import type { DatasetShard, DatasetVersionInfo } from '@noema/population';
import type { ResponseMatrices } from '@noema/population/files';
import { findDifference, MAX_DIFFERENCE } from '@noema/population/rules';
import type { TrainingConfig } from '../config.js';
import { inspectArtifact } from '../engine/model.compiling.js';
import { type LayerRows, TrainingEngine } from '../engine/training.engine.js';
import type { ModelInfo } from '../model/model.js';
import { checkSize } from '../model/model.size.js';
import { ModelFileReader } from '../model-import/model-file.reader.js';
import { pairInputs } from '../run/fit.js';
import { gatherRows } from './gather-rows.js';
import { RecordStore } from './record.store.js';
import {
  graphDiffers,
  graphIncomplete,
  graphNotChecked,
  graphNotSent,
  graphResponsesDiffer,
  graphTooLarge,
  graphUnitsDiffer,
} from './recorded-graph.errors.js';
import { type GraphFacts, MAX_RESPONSE_DIFFERENCE } from './recorded-graph.js';
import type { EpochFacts, GraphPart, RecordingForm } from './recording.js';

/** The model of a graph that gives what the client recorded. */
export interface AcceptedGraph {
  readonly artifact: unknown;
  /** In the order of the manifest. */
  readonly weights: Uint8Array;
}

/** An epoch without its graph: description, data and recorded outputs. */
export interface GraphContext {
  readonly form: RecordingForm;
  readonly facts: readonly (EpochFacts & { readonly writer: number })[];
  readonly parts: readonly GraphPart[];
  readonly dataset: DatasetVersionInfo;
  readonly shards: readonly DatasetShard[];
  /** [rows, width]; the rows of `isInference` were recorded in inference mode. */
  readonly outputs: Float32Array;
  readonly isInference: Uint8Array;
  /** Recorded responses, one file for each of `shards`; empty for an epoch without them. */
  readonly responses: readonly ArtifactRef[];
  readonly signal: AbortSignal;
}

/** Samples of a shard whose outputs are compared, and shards that they are taken from. */
const COMPARED = 4;
const COMPARED_SHARDS = 3;

/** How far a graph is from the records. */
interface Comparison {
  readonly samples: number;
  /** Of the outputs. */
  readonly difference: number;
  /** Of the layer whose responses differ most; undefined where none can be compared. */
  readonly layer: { readonly name: string; readonly difference: number } | undefined;
}

/**
 * Reads the graph that a client sent with an epoch, and compares its outputs, and the responses of its layers,
 * with the recorded ones.
 */
@Injectable()
export class RecordedGraphReader {
  constructor(
    @Inject(RecordStore) private readonly records: RecordStore,
    @Inject(ModelFileReader) private readonly reader: ModelFileReader,
    @Inject(TrainingEngine) private readonly engine: TrainingEngine,
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
    @Inject(SETTINGS) private readonly settings: Pick<TrainingConfig, 'importBytes'>,
  ) {}

  /**
   * Throws `precondition` GRAPH_NOT_SENT, GRAPH_NOT_CHECKED, `invalid` GRAPH_TOO_LARGE, GRAPH_INCOMPLETE,
   * GRAPH_UNITS_DIFFER, GRAPH_DIFFERS, GRAPH_RESPONSES_DIFFER, MODEL_DATASET_MISFIT, and what reading the file throws.
   */
  async read(context: GraphContext): Promise<AcceptedGraph> {
    const { facts, form, parts, dataset } = context;
    const sent = facts.find(({ graph }) => graph !== undefined && graph.sizeBytes > 0);
    if (sent?.graph === undefined)
      throw graphNotSent(facts.find(({ graph }) => graph?.missingReason)?.graph?.missingReason ?? '');
    const { graph, writer } = sent;
    const own = parts.filter((part) => part.writer === writer);
    const read = await this.readFile(graph, own, context);
    const info = inspectArtifact(read.artifact);
    checkSize(info);
    requireUnits(info, form);
    const inputs = pairInputs(info.inputs, dataset.inputs);
    const { samples, difference, layer } = await this.compare(
      { ...context, followed: nameFollowed(info, form) },
      read,
      (rows, shard) =>
        Object.fromEntries(
          inputs.map(({ model, data }) => [
            model.name,
            toTensor(shard.float32(data.name).data, model.dims, rows),
          ]),
        ),
    );
    if (samples === 0) throw graphNotChecked();
    if (!(difference <= MAX_DIFFERENCE)) throw graphDiffers(difference, samples);
    if (layer !== undefined && !(layer.difference <= MAX_RESPONSE_DIFFERENCE))
      throw graphResponsesDiffer(layer.name, layer.difference, samples);
    return read;
  }

  /** Imports the parts, and checks size and digest of what was read. */
  private async readFile(
    graph: GraphFacts,
    parts: readonly GraphPart[],
    { form, signal }: GraphContext,
  ): Promise<AcceptedGraph> {
    const { sizeBytes, sha256 } = graph;
    const { importBytes } = this.settings;
    if (sizeBytes > importBytes) throw graphTooLarge(sizeBytes, importBytes);
    const hash = createHash('sha256');
    let bytes = 0;
    let isWhole = false;
    const chunks = async function* (file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of file) {
        hash.update(chunk);
        bytes += chunk.byteLength;
        yield chunk;
      }
      isWhole = true;
    };
    const file = chunks(this.records.readParts(parts));
    const [read] = await Promise.allSettled([this.reader.read(file, toModelFile(graph, form), signal)]);
    // A file that is not what was described fails as such, whatever the reader made of it.
    if (isWhole && bytes !== sizeBytes) throw graphIncomplete(`${bytes} of ${sizeBytes} bytes are there`);
    const found = isWhole ? hash.digest('hex') : sha256;
    if (found !== sha256) throw graphIncomplete(`their sha256 is ${found}, not ${sha256}`);
    if (read.status === 'rejected') throw read.reason;
    if (!isWhole) throw graphIncomplete('the reader ended before their end');
    return read.value;
  }

  /** Compares a few samples from the first, a middle and the last shard that has some. */
  private async compare(
    {
      form,
      followed,
      dataset,
      shards,
      outputs,
      isInference,
      responses,
      signal,
    }: GraphContext & { readonly followed: readonly string[] },
    { artifact, weights }: AcceptedGraph,
    gatherFeeds: (
      rows: readonly number[],
      shard: ReturnType<typeof readMatrix>,
    ) => Record<string, TensorData>,
  ): Promise<Comparison> {
    const width = outputs.length / dataset.sampleCount;
    const withSamples = shards.flatMap((shard, index) => {
      const rows = Array.from({ length: shard.rowCount }, (_, i) => shard.firstRow + i).filter(
        (row) => isInference[row] === 1 && Number.isFinite(outputs[row * width]!),
      );
      return rows.length === 0 ? [] : [{ shard, index, rows: spread(rows, COMPARED) }];
    });
    let [samples, difference] = [0, 0];
    const layers = new LayerDifferences(form.layers);
    for (const { shard, index, rows } of spread(withSamples, COMPARED_SHARDS)) {
      signal.throwIfAborted();
      const matrix = readMatrix(await this.store.get(shard.inputs));
      const shardRows = rows.map((row) => row - shard.firstRow);
      const feeds = gatherFeeds(shardRows, matrix);
      const found = await this.engine.respond({ topology: artifact, weights }, followed, feeds, signal);
      difference = Math.max(difference, findDifference(found.outputs, gatherRows(outputs, width, rows)));
      samples += rows.length;
      const recorded = responses[index];
      if (recorded !== undefined) layers.add(found.layers, await this.records.readShard(recorded), shardRows);
    }
    return { samples, difference, layer: layers.largest() };
  }
}

/** Differences of the responses of layers, each over the largest recorded response of the layer. */
class LayerDifferences {
  private readonly found = new Map<string, { off: number; size: number }>();

  constructor(private readonly layers: RecordingForm['layers']) {}

  add(found: readonly LayerRows[], recorded: ResponseMatrices, rows: readonly number[]): void {
    const width = recorded.mean.length / recorded.rows;
    let first = 0;
    for (const { name, units } of this.layers) {
      const layer = found.find((each) => each.name === name);
      if (layer !== undefined) {
        const of = this.found.get(name) ?? { off: 0, size: 0 };
        for (const part of ['mean', 'max'] as const) {
          const all = recorded[part];
          for (let row = 0; row < recorded.rows; row++)
            for (let unit = 0; unit < units; unit++)
              of.size = Math.max(of.size, Math.abs(all[row * width + first + unit]!));
          for (const [i, row] of rows.entries())
            for (let unit = 0; unit < units; unit++) {
              const off = Math.abs(layer[part][i * units + unit]! - all[row * width + first + unit]!);
              of.off = Number.isFinite(off) ? Math.max(of.off, off) : Infinity;
            }
        }
        this.found.set(name, of);
      }
      first += units;
    }
  }

  /** The layer that differs most. */
  largest(): Comparison['layer'] {
    return [...this.found]
      .map(([name, { off, size }]) => ({ name, difference: off === 0 ? 0 : off / size }))
      .reduce<Comparison['layer']>(
        (most, each) => (most !== undefined && most.difference >= each.difference ? most : each),
        undefined,
      );
  }
}

/** Recorded layers that the graph has with their units. */
function nameFollowed({ layers, blocks }: ModelInfo, form: RecordingForm): string[] {
  return form.layers
    .filter(({ name, units }) =>
      [...layers, ...blocks].some((layer) => layer.name === name && layer.unitCount === units),
    )
    .map(({ name }) => name);
}

/** How a recorded graph is imported: under the names of the recording. */
function toModelFile(
  { output, outputActivation, layers, channelsFirst }: GraphFacts,
  form: RecordingForm,
): Parameters<ModelFileReader['read']>[1] {
  return {
    format: 'onnx',
    parts: [],
    outputs: [output],
    outputName: 'output',
    channelsFirst,
    // In the order of the recording.
    namedLayers: form.layers.flatMap(({ name, kind }) => {
      const layer = layers.find((each) => each.name === name);
      return layer === undefined ? [] : [{ ...layer, kind }];
    }),
    ...(outputActivation && { outputActivation }),
  };
}

function requireUnits({ layers, blocks }: ModelInfo, form: RecordingForm): void {
  for (const { name, units } of form.layers) {
    const found = [...layers, ...blocks].find((layer) => layer.name === name);
    if (found !== undefined && found.unitCount > 0 && found.unitCount !== units)
      throw graphUnitsDiffer(name, found.unitCount, units);
  }
}

const toTensor = (data: Float32Array, dims: readonly number[], rows: readonly number[]): TensorData =>
  float32(gatherRows(data, elementCount(dims), rows), [rows.length, ...dims]);

/** At most `count` of the entries, evenly from first to last. */
function spread<T>(entries: readonly T[], count: number): T[] {
  if (entries.length <= count) return [...entries];
  return Array.from(
    { length: count },
    (_, i) => entries[Math.round((i * (entries.length - 1)) / (count - 1))]!,
  );
}
