import type { ResponseMatrices } from '@noema/population/files';
import type { RecordedLayer } from '@noema/population/rules';
import { readNumbers } from './record.checks.js';
import type { SampleRecord } from './recording.js';

/** Where the units of a layer are. */
interface LayerColumns {
  /** Position of the layer. */
  readonly layer: number;
  /** Column of its first unit. */
  readonly first: number;
  readonly units: number;
  readonly hasPositions: boolean;
}

/** The responses of the rows of one shard, gathered from records in any order. */
export class ResponseRows {
  private readonly columns = new Map<string, LayerColumns>();
  private readonly units: number;
  private readonly mean: Float32Array;
  private readonly max: Float32Array;
  /** [rows, layers]: bit 0 for a mean, bit 1 for a maximum. */
  private readonly seen: Uint8Array;

  constructor(
    layers: readonly RecordedLayer[],
    private readonly firstRow: number,
    private readonly rows: number,
  ) {
    let first = 0;
    for (const [layer, { name, units, positionDims }] of layers.entries()) {
      this.columns.set(name, { layer, first, units, hasPositions: positionDims.length > 0 });
      first += units;
    }
    this.units = first;
    this.mean = new Float32Array(rows * first);
    this.max = new Float32Array(rows * first);
    this.seen = new Uint8Array(rows * layers.length);
  }

  /**
   * Lays the responses of a record over the earlier ones; `places` are the rows of its samples. A layer without
   * positions may send its means alone, which are its maxima, too.
   */
  add({ columns }: SampleRecord, places: Int32Array): void {
    const withMax = new Set(columns.flatMap(({ content, layer }) => (content === 'max' ? [layer] : [])));
    for (const column of columns) {
      if (column.content !== 'mean' && column.content !== 'max') continue;
      const at = this.columns.get(column.layer)!;
      const isBoth = column.content === 'mean' && !withMax.has(column.layer) && !at.hasPositions;
      const numbers = readNumbers(column);
      if (column.content === 'mean') this.lay(this.mean, numbers, at, places, isBoth ? 3 : 1);
      if (column.content === 'max' || isBoth) this.lay(this.max, numbers, at, places, isBoth ? 3 : 2);
    }
  }

  /** Rows that lack the response of a layer. */
  countMissing(): number {
    let missing = 0;
    const layers = this.columns.size;
    for (let row = 0; row < this.rows; row++)
      if (!this.seen.subarray(row * layers, (row + 1) * layers).every((bits) => bits === 3)) missing++;
    return missing;
  }

  matrices(): ResponseMatrices {
    return { mean: this.mean, max: this.max, rows: this.rows };
  }

  private lay(
    into: Float32Array,
    numbers: Float32Array,
    { layer, first, units }: LayerColumns,
    places: Int32Array,
    bits: number,
  ): void {
    for (const [i, place] of places.entries()) {
      const row = place - this.firstRow;
      if (row < 0 || row >= this.rows) continue;
      into.set(numbers.subarray(i * units, (i + 1) * units), row * this.units + first);
      this.seen[row * this.columns.size + layer]! |= bits;
    }
  }
}
