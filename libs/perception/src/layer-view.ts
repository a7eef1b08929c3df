import { DomainError } from '@noema/kernel';
import type { Basis } from './basis.js';
import { assertFinite, layerColumns, rowCount } from './response-layout.js';

/** A layer's columns in a view, from `from` to `to`, without dropped units. */
interface ViewColumns {
  readonly from: number;
  readonly to: number;
}

/**
 * Stored responses [n, d] of a population, standardised and balanced as in the basis of `all`. Every query
 * weights the layers anew: the squared distance of two samples is Σ weight² · (squared distance in the
 * layer). That is the distance in the space of these weights before PCA, so a weighting needs no vectors.
 * Holds n · (varying units) float32.
 */
export class LayerView {
  private readonly kept: Int32Array;
  private readonly layers: readonly ViewColumns[];
  private readonly values: Float32Array;

  /** Throws `invalid` VIEW_BASIS for the basis of another space, whose scales omit layers. */
  constructor(
    private readonly basis: Basis,
    readonly n: number,
  ) {
    if (basis.space.kind !== 'all')
      throw new DomainError(
        'invalid',
        'VIEW_BASIS',
        `a view needs the basis of the space "all", not of "${basis.space.kind}"`,
      );
    this.kept = Int32Array.from(basis.scale.keys()).filter((column) => basis.scale[column]! > 0);
    this.layers = layerColumns(basis.layout).map(({ offset, units }) => ({
      from: this.firstFrom(offset),
      to: this.firstFrom(offset + units),
    }));
    this.values = new Float32Array(n * this.kept.length);
  }

  /** Returns the size in bytes of a view of that many samples. */
  static countBytes({ scale }: Basis, n: number): number {
    return 4 * n * scale.filter((factor) => factor > 0).length;
  }

  get layerCount(): number {
    return this.layers.length;
  }

  get byteLength(): number {
    return this.values.byteLength;
  }

  /**
   * Stores the responses [rows, d] of the rows from `firstRow` on. Throws `invalid` RESPONSE_SHAPE,
   * RESPONSE_NOT_FINITE.
   */
  fill(responses: Float32Array, firstRow: number): void {
    const { layout, mean, scale } = this.basis;
    const rows = rowCount(layout, responses);
    const d = mean.length;
    const width = this.kept.length;
    assertFinite(layout, responses, firstRow);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < width; j++) {
        const column = this.kept[j]!;
        this.values[(firstRow + i) * width + j] =
          (responses[i * d + column]! - mean[column]!) * scale[column]!;
      }
    }
  }

  /** Number of columns of a row, and of a reference point for distances. */
  get width(): number {
    return this.kept.length;
  }

  /** Returns the mean of some rows, as a reference point for distances. */
  computeMean(rows: ArrayLike<number>): Float64Array {
    const mean = new Float64Array(this.width);
    for (let i = 0; i < rows.length; i++) this.addRow(rows[i]!, rows.length, mean);
    return mean;
  }

  /** Adds a row, divided by `share`, to a point. */
  addRow(row: number, share: number, point: Float64Array): void {
    const base = row * this.width;
    for (let j = 0; j < point.length; j++) point[j]! += this.values[base + j]! / share;
  }

  /**
   * Returns the squared distance of a row from a point, with one weight per layer. Layers of weight 0 are
   * skipped.
   */
  square(row: number, point: Float64Array, weights: readonly number[]): number {
    const base = row * this.kept.length;
    let sum = 0;
    for (let layer = 0; layer < weights.length; layer++) {
      const weight = weights[layer]!;
      if (weight === 0) continue;
      const { from, to } = this.layers[layer]!;
      let part = 0;
      for (let j = from; j < to; j++) {
        const difference = this.values[base + j]! - point[j]!;
        part += difference * difference;
      }
      sum += weight * weight * part;
    }
    return sum;
  }

  private firstFrom(column: number): number {
    const at = this.kept.findIndex((kept) => kept >= column);
    return at < 0 ? this.kept.length : at;
  }
}
