import { createHash } from 'node:crypto';
import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import { Inject, Injectable } from '@nestjs/common';
import { ARTIFACT_STORE, SETTINGS } from '@noema/host';
import { elementCount, float32, type TensorData } from '@noema/onnx';
import type { DatasetShard, DatasetVersionInfo } from '@noema/population';
import type { TrainingConfig } from '../config.js';
import { inspectArtifact } from '../engine/model.compiling.js';
import { TrainingEngine } from '../engine/training.engine.js';
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
  graphTooLarge,
  graphUnitsDiffer,
} from './recorded-graph.errors.js';
import { findDifference, type GraphFacts, MAX_DIFFERENCE } from './recorded-graph.js';
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
  readonly signal: AbortSignal;
}

/** Samples of a shard whose outputs are compared, and shards that they are taken from. */
const COMPARED = 4;
const COMPARED_SHARDS = 3;

/** Reads the graph that a client sent with an epoch, and compares its outputs with the recorded ones. */
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
   * GRAPH_UNITS_DIFFER, GRAPH_DIFFERS, MODEL_DATASET_MISFIT, and what reading the file throws.
   */
  async read(context: GraphContext): Promise<AcceptedGraph> {
    const { facts, form, parts, dataset, signal } = context;
    const sent = facts.find(({ graph }) => graph !== undefined && graph.sizeBytes > 0);
    if (sent?.graph === undefined)
      throw graphNotSent(facts.find(({ graph }) => graph?.missingReason)?.graph?.missingReason ?? '');
    const { graph, writer } = sent;
    const own = parts.filter((part) => part.writer === writer);
    await this.requireFile(graph, own);
    const read = await this.reader.read(this.records.readParts(own), toModelFile(graph, form), signal);
    const info = inspectArtifact(read.artifact);
    checkSize(info);
    requireUnits(info, form);
    const inputs = pairInputs(info.inputs, dataset.inputs);
    const { samples, difference } = await this.compare(context, read, (rows, shard) =>
      Object.fromEntries(
        inputs.map(({ model, data }) => [
          model.name,
          toTensor(shard.float32(data.name).data, model.dims, rows),
        ]),
      ),
    );
    if (samples === 0) throw graphNotChecked();
    if (!(difference <= MAX_DIFFERENCE)) throw graphDiffers(difference, samples);
    return read;
  }

  private async requireFile({ sizeBytes, sha256 }: GraphFacts, parts: readonly GraphPart[]): Promise<void> {
    const { importBytes } = this.settings;
    if (sizeBytes > importBytes) throw graphTooLarge(sizeBytes, importBytes);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of this.records.readParts(parts)) {
      hash.update(chunk);
      bytes += chunk.byteLength;
    }
    if (bytes !== sizeBytes) throw graphIncomplete(`${bytes} of ${sizeBytes} bytes are there`);
    const found = hash.digest('hex');
    if (found !== sha256) throw graphIncomplete(`their sha256 is ${found}, not ${sha256}`);
  }

  /** Compares the outputs of a few samples from the first, a middle and the last shard that has some. */
  private async compare(
    { dataset, shards, outputs, isInference, signal }: GraphContext,
    { artifact, weights }: AcceptedGraph,
    gatherFeeds: (
      rows: readonly number[],
      shard: ReturnType<typeof readMatrix>,
    ) => Record<string, TensorData>,
  ): Promise<{ readonly samples: number; readonly difference: number }> {
    const width = outputs.length / dataset.sampleCount;
    const withSamples = shards.flatMap((shard) => {
      const rows = Array.from({ length: shard.rowCount }, (_, i) => shard.firstRow + i).filter(
        (row) => isInference[row] === 1 && Number.isFinite(outputs[row * width]!),
      );
      return rows.length === 0 ? [] : [{ shard, rows: spread(rows, COMPARED) }];
    });
    let [samples, difference] = [0, 0];
    for (const { shard, rows } of spread(withSamples, COMPARED_SHARDS)) {
      signal.throwIfAborted();
      const matrix = readMatrix(await this.store.get(shard.inputs));
      const feeds = gatherFeeds(
        rows.map((row) => row - shard.firstRow),
        matrix,
      );
      const found = await this.engine.predict(artifact, weights, feeds, signal);
      difference = Math.max(difference, findDifference(found, gatherRows(outputs, width, rows)));
      samples += rows.length;
    }
    return { samples, difference };
  }
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
