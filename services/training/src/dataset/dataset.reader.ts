import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import { DomainError, type FieldReader } from '@noema/kernel';
import { SampleTable } from '@noema/population';
import { SAMPLE_COLUMNS } from '@noema/population/rules';
import type { Dataset, DatasetShard, InputRows, LoadedDataset, RowTensor, SampleIndex } from './dataset.js';
import type { DatasetReader } from './dataset.ports.js';
import type { TensorSpec } from '../model/model.js';
import { datasetNotReady, sampleNotFound } from '../run/run.errors.js';

/** Reads dataset versions from the artifact store. */
export class ArtifactDatasetReader implements DatasetReader {
  /** `residentBytes` bounds the memory that one dataset may take. */
  constructor(
    private readonly store: ArtifactStore,
    private readonly residentBytes: number,
  ) {}

  async load(
    dataset: Dataset,
    shards: readonly DatasetShard[],
    { signal, inputs: where }: { readonly signal: AbortSignal; readonly inputs: 'resident' | 'in parts' },
  ): Promise<LoadedDataset> {
    const residentInputs = where === 'resident' ? dataset.inputs : [];
    const bytes = [...residentInputs, ...dataset.groundTruths].reduce(
      (sum, { dims }) => sum + 4 * dataset.sampleCount * sizeOf(dims),
      0,
    );
    if (bytes > this.residentBytes) throw tooLarge(dataset.id, bytes, this.residentBytes);
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
      const place = room(dataset.inputs, Math.max(0, ...shards.map(({ rowCount }) => rowCount)));
      for (const { firstRow, rowCount, inputs: ref } of shards) {
        stop.throwIfAborted();
        fill(place, { firstRow: 0 }, readMatrix(await store.get(ref)));
        yield { firstRow, rowCount, inputs: place };
      }
    };
    return { inputs, groundTruths, parts: where === 'resident' ? whole : inParts };
  }

  index(dataset: Dataset): Promise<SampleIndex> {
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
        rowOf: (split, sampleId) => {
          const row = index.findRow({ split, sampleId });
          if (row === undefined) throw sampleNotFound(split, sampleId);
          return row;
        },
      };
    });
  }

  async columns(dataset: Dataset, names: readonly string[]): Promise<ReadonlyMap<string, FieldReader>> {
    if (dataset.samples === undefined) throw datasetNotReady(dataset.id);
    if (names.length === 0) return new Map();
    return this.withTable(dataset, (table) => table.readers(names));
  }

  /** Opens the sample table for one use. Throws `precondition` before the version is ready. */
  private async withTable<T>({ id, samples }: Dataset, use: (table: SampleTable) => Promise<T>): Promise<T> {
    if (samples === undefined) throw datasetNotReady(id);
    const table = await SampleTable.open(await this.store.get(samples));
    try {
      return await use(table);
    } finally {
      await table.close();
    }
  }
}

const sizeOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

const room = (specs: readonly TensorSpec[], rows: number): Map<string, RowTensor> =>
  new Map(
    specs.map(({ name, dims }) => [
      name,
      { data: new Float32Array(new SharedArrayBuffer(4 * rows * sizeOf(dims))), rowDims: dims },
    ]),
  );

function fill(
  tensors: ReadonlyMap<string, RowTensor>,
  { firstRow }: Pick<DatasetShard, 'firstRow'>,
  file: ReturnType<typeof readMatrix>,
): void {
  for (const [name, { data, rowDims }] of tensors)
    data.set(file.float32(name).data, firstRow * sizeOf(rowDims));
}

const tooLarge = (id: string, bytes: number, limit: number): DomainError =>
  new DomainError(
    'precondition',
    'DATASET_TOO_LARGE',
    `dataset version "${id}" takes ${bytes} bytes in memory, the worker may use ${limit}; raise ` +
      'NOEMA_RESIDENT_BYTES',
    { metadata: { bytes: String(bytes), limit: String(limit) } },
  );
