import type { EncodedBatch, EncodedSample, MetadataValue, SampleContext } from '@noema/integration';
import { DomainError } from '@noema/kernel';
import { countNumbers, type MetadataType } from '../dataset-version/dataset-version.js';
import type { PopulationPlan } from '../ingestion/ingestion.js';
import { MAX_COLUMN_NAME, MAX_COLUMNS, MAX_TEXT_BYTES } from './answer.limits.js';
import type { ShardResponse } from './runner.protocol.js';
import { toBytes, packBlobs, packTexts } from './shard.body.js';

type Cell = string | number | boolean | null;

interface MetadataColumn {
  type: MetadataType | null;
  readonly values: Cell[];
}

const isUnknown = (value: MetadataValue): value is null | undefined =>
  value === null || value === undefined || Number.isNaN(value);

/** Collects the encoded samples of one shard, row by row, in the process of the integration. */
export class ShardBuffers {
  private readonly inputs: Float32Array[];
  private readonly groundTruths: Float32Array[];
  private readonly visuals: Uint8Array[][];
  private readonly sampleIds: string[] = [];
  private readonly classIndexes: Int32Array;
  private readonly metadata = new Map<string, MetadataColumn>();
  private labelled = false;
  private textBytes = 0;

  constructor(
    plan: PopulationPlan,
    private readonly rowCount: number,
  ) {
    this.inputs = plan.inputs.map((spec) => new Float32Array(rowCount * countNumbers(spec)));
    this.groundTruths = plan.groundTruths.map((spec) =>
      new Float32Array(rowCount * countNumbers(spec)).fill(NaN),
    );
    this.visuals = plan.visualizers.map(() => []);
    this.classIndexes = new Int32Array(rowCount);
  }

  /**
   * Takes the next row; rows without ground truth stay NaN there. Throws `invalid` SHARD_TOO_LARGE or
   * METADATA_INVALID.
   */
  add(sample: SampleContext<unknown>, encoded: EncodedSample): void {
    const row = this.sampleIds.length;
    encoded.inputs.forEach((tensor, i) => {
      this.inputs[i]!.set(tensor.data, row * tensor.data.length);
    });
    encoded.groundTruths?.forEach((tensor, i) => {
      this.groundTruths[i]!.set(tensor.data, row * tensor.data.length);
    });
    this.labelled ||= encoded.groundTruths !== undefined;
    encoded.visuals.forEach((visual, i) => {
      this.weigh(visual.bytes.byteLength);
      this.visuals[i]!.push(visual.bytes);
    });
    this.sampleIds.push(sample.id);
    this.classIndexes[row] = encoded.classIndex;
    for (const [name, cell] of encoded.metadata) this.cell(row, name, cell);
    this.fill(row + 1);
  }

  /** Takes the next rows. Throws as `add`. */
  addBatch(ids: readonly string[], batch: EncodedBatch): void {
    const row = this.sampleIds.length;
    batch.inputs.forEach(({ data }, i) => {
      this.inputs[i]!.set(data, row * (data.length / ids.length));
    });
    batch.groundTruths?.forEach(({ data }, i) => {
      this.groundTruths[i]!.set(data, row * (data.length / ids.length));
    });
    this.labelled ||= batch.groundTruths !== undefined;
    this.classIndexes.set(batch.classIndexes, row);
    batch.visuals.forEach((all, i) => {
      for (const bytes of all) {
        this.weigh(bytes.byteLength);
        this.visuals[i]!.push(bytes);
      }
    });
    for (const { name, values } of batch.metadata) {
      const column = this.column(row, name);
      for (const value of values) this.put(column, isUnknown(value) ? null : value);
    }
    for (const id of ids) this.sampleIds.push(id);
    this.fill(this.sampleIds.length);
  }

  /** The answer, and its body in the order that `readShard` takes it apart. */
  finish(): { readonly answer: ShardResponse; readonly parts: Uint8Array[] } {
    const labelled = this.labelled && this.groundTruths.length > 0;
    const columns = [...this.metadata].map(([name, { type, values }]) => ({ name, type, values }));
    return {
      answer: { labelled, metadata: columns.map(({ name, type }) => ({ name, type })) },
      parts: [
        ...this.inputs.map(toBytes),
        ...(labelled ? this.groundTruths.map(toBytes) : []),
        toBytes(this.classIndexes),
        ...packTexts(this.sampleIds),
        ...columns.flatMap(({ type, values }) => packCells(type, values)),
        ...this.visuals.flatMap(packBlobs),
      ],
    };
  }

  /** Columns without a value for a row have null there. */
  private fill(rows: number): void {
    for (const { values } of this.metadata.values()) while (values.length < rows) values.push(null);
  }

  private cell(row: number, name: string, cell: Cell): void {
    this.put(this.column(row, name), cell);
  }

  private column(row: number, name: string): MetadataColumn {
    let column = this.metadata.get(name);
    if (column === undefined) {
      if (this.metadata.size === MAX_COLUMNS)
        throw new DomainError(
          'invalid',
          'METADATA_INVALID',
          `"${name}" is the ${MAX_COLUMNS + 1}th metadata column; keep at most ${MAX_COLUMNS}, and the ` +
            'same ones for all samples',
        );
      if (name.length > MAX_COLUMN_NAME || /\p{Cc}/u.test(name))
        throw new DomainError(
          'invalid',
          'METADATA_INVALID',
          `${JSON.stringify(name.slice(0, 80))} is no name of a metadata column; use at most ` +
            `${MAX_COLUMN_NAME} characters and no control characters`,
        );
      this.metadata.set(name, (column = { type: null, values: Array.from({ length: row }, () => null) }));
    }
    return column;
  }

  private put(column: MetadataColumn, cell: Cell): void {
    if (typeof cell === 'string') this.weigh(cell.length);
    column.values.push(cell);
    if (cell !== null) column.type ??= typeof cell as MetadataType;
  }

  private weigh(bytes: number): void {
    this.textBytes += bytes;
    if (this.textBytes <= MAX_TEXT_BYTES) return;
    const rows = Math.max(1, Math.floor(this.sampleIds.length / 2));
    throw new DomainError(
      'invalid',
      'SHARD_TOO_LARGE',
      `pictures and texts of the first ${this.sampleIds.length} of ${this.rowCount} samples of a shard ` +
        `have more than ${MAX_TEXT_BYTES} bytes; set shard_size to at most ${rows}`,
      { metadata: { shard_size: String(rows) } },
    );
  }
}

function packCells(type: MetadataType | null, values: readonly Cell[]): Uint8Array[] {
  switch (type) {
    case 'number':
      return [toBytes(Float64Array.from(values, (cell) => (cell === null ? NaN : (cell as number))))];
    case 'boolean':
      return [Uint8Array.from(values, (cell) => (cell === null ? 2 : Number(cell)))];
    case 'string':
      return packTexts(values as readonly (string | null)[]);
    case null:
      return [];
  }
}
