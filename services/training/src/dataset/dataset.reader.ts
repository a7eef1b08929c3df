import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import { ARTIFACT_STORE, SETTINGS } from '@noema/host';
import type { FieldReader } from '@noema/kernel';
import { type DatasetShard, type DatasetVersionInfo, SampleTable } from '@noema/population';
import { SAMPLE_COLUMNS } from '@noema/population/rules';
import type { TrainingConfig } from '../config.js';
import type { TensorSpec } from '../model/model.js';
import { datasetNotReady, datasetTooLarge, sampleNotFound } from './dataset.errors.js';
import type { InputRows, LoadedDataset, RowTensor, SampleIndex } from './dataset.js';

/**
 * Inputs of one part of an evaluation, as float32. They are held twice while they are read: a shard as a whole
 * would take 128 MiB.
 */
const PART_BYTES = 16 * 2 ** 20;

/** Reads the content of dataset versions from the artifact store. */
@Injectable()
export class DatasetReader {
  constructor(
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
    @Inject(SETTINGS) private readonly settings: Pick<TrainingConfig, 'residentBytes'>,
  ) {}

  /**
   * Reads the ground truth of all rows into shared memory, and their inputs where they are to stay there;
   * else a shard at a time. Stops at the signal. Throws `precondition` DATASET_TOO_LARGE.
   */
  async load(
    dataset: DatasetVersionInfo,
    shards: readonly DatasetShard[],
    { signal, inputs: where }: { readonly signal: AbortSignal; readonly inputs: 'resident' | 'in parts' },
  ): Promise<LoadedDataset> {
    const { residentBytes } = this.settings;
    const residentInputs = where === 'resident' ? dataset.inputs : [];
    const bytes = [...residentInputs, ...dataset.groundTruths].reduce(
      (sum, { dims }) => sum + 4 * dataset.sampleCount * countValues(dims),
      0,
    );
    if (bytes > residentBytes) throw datasetTooLarge(dataset.id, bytes, residentBytes);
    const inputs = room(residentInputs, dataset.sampleCount);
    const groundTruths = room(dataset.groundTruths, dataset.sampleCount);
    for (const shard of shards) {
      signal.throwIfAborted();
      if (inputs.size > 0) fill(inputs, shard, readMatrix(await this.store.get(shard.inputs)));
      if (shard.groundTruths !== undefined)
        fill(groundTruths, shard, readMatrix(await this.store.get(shard.groundTruths)));
    }
    const { store } = this;
    const whole = async function* (): AsyncGenerator<InputRows> {
      yield await Promise.resolve({ firstRow: 0, rowCount: dataset.sampleCount, inputs });
    };
    // One place for all parts: what is thrown away may lie about for long.
    const inParts = async function* (stop: AbortSignal): AsyncGenerator<InputRows> {
      const rowBytes = dataset.inputs.reduce((sum, { dims }) => sum + 4 * countValues(dims), 0);
      const most = Math.max(0, ...shards.map(({ rowCount }) => rowCount));
      const step = Math.max(1, Math.min(most, Math.floor(PART_BYTES / Math.max(rowBytes, 1))));
      const place = room(dataset.inputs, Math.min(most, step));
      for (const shard of shards) {
        stop.throwIfAborted();
        const file = readMatrix(await store.get(shard.inputs));
        for (let from = 0; from < shard.rowCount; from += step) {
          const rowCount = Math.min(step, shard.rowCount - from);
          fill(place, { firstRow: 0 }, file, { from, to: from + rowCount });
          yield { firstRow: shard.firstRow + from, rowCount, inputs: place };
        }
      }
    };
    return { inputs, groundTruths, parts: where === 'resident' ? whole : inParts };
  }

  /** Throws `precondition` DATASET_VERSION_NOT_READY. */
  index(dataset: DatasetVersionInfo): Promise<SampleIndex> {
    return this.withTable(dataset, async (table) => {
      const index = await table.index();
      return {
        splits: index.splits,
        sampleIds: index.sampleIds,
        fields: new Map(
          table.columns
            .filter(({ field, metadata }) => metadata !== undefined || field === SAMPLE_COLUMNS.className)
            .map(({ field, type }) => [field, type]),
        ),
        getRow: (split, sampleId) => {
          const row = index.findRow({ split, sampleId });
          if (row === undefined) throw sampleNotFound(split, sampleId);
          return row;
        },
      };
    });
  }

  /** Reads some of the index's fields for all rows. */
  async columns(
    dataset: DatasetVersionInfo,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, FieldReader>> {
    if (dataset.samples === undefined) throw datasetNotReady(dataset.id);
    if (names.length === 0) return new Map();
    return this.withTable(dataset, (table) => table.readers(names));
  }

  /** Opens the sample table for one use. Throws `precondition` before the version is ready. */
  private async withTable<T>(
    { id, samples }: DatasetVersionInfo,
    use: (table: SampleTable) => Promise<T>,
  ): Promise<T> {
    if (samples === undefined) throw datasetNotReady(id);
    const table = await SampleTable.open(await this.store.get(samples));
    try {
      return await use(table);
    } finally {
      await table.close();
    }
  }
}

const countValues = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

const room = (specs: readonly TensorSpec[], rows: number): Map<string, RowTensor> =>
  new Map(
    specs.map(({ name, dims }) => [
      name,
      { data: new Float32Array(new SharedArrayBuffer(4 * rows * countValues(dims))), rowDims: dims },
    ]),
  );

function fill(
  tensors: ReadonlyMap<string, RowTensor>,
  { firstRow }: Pick<DatasetShard, 'firstRow'>,
  file: ReturnType<typeof readMatrix>,
  { from, to } = { from: 0, to: file.rows },
): void {
  for (const [name, { data, rowDims }] of tensors)
    data.set(file.float32Rows(name, from, to).data, firstRow * countValues(rowDims));
}
