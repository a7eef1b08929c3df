import type { MetadataColumn, MetadataRelation } from './metadata-relation.js';
import { MetadataSums } from './metadata-sums.js';
import { binAt, toBins, type HistogramBin, type UnitStatistics } from './unit-statistics.js';

export interface ProfileSettings {
  /** Bins of the histograms, between the smallest and the largest response of each unit. */
  readonly bins: number;
  /** Strongest samples that are kept. */
  readonly top: number;
  readonly classCount: number;
  /** Class of every row, −1 for a row without a class; shorter when the rows have no classes. */
  readonly classByRow: Int32Array;
  readonly metadata: readonly MetadataColumn[];
}

/** Responses of one unit to the population. */
export interface UnitProfile {
  readonly histogram: readonly HistogramBin[];
  /** Largest response first, equal ones by row. */
  readonly top: readonly { readonly row: number; readonly response: number; readonly maxResponse: number }[];
  /** Of every class that has rows. */
  readonly classes: readonly {
    readonly classIndex: number;
    readonly mean: number;
    readonly counts: readonly number[];
  }[];
  readonly metadata: readonly MetadataRelation[];
}

/**
 * Histograms by class, strongest samples and relations to the metadata of every unit of a model, in one pass
 * over the responses.
 */
export class UnitProfiles {
  private readonly units: number;
  private readonly counts: Int32Array;
  private readonly classSums: Float64Array;
  private readonly held: Int32Array;
  private readonly topRows: Int32Array;
  private readonly topValues: Float32Array;
  private readonly topMaxima: Float32Array;
  private readonly metadata: MetadataSums;
  private readonly centred: Float64Array;

  constructor(
    private readonly statistics: UnitStatistics,
    private readonly settings: ProfileSettings,
  ) {
    const units = (this.units = statistics.mean.length);
    const { bins, top, classCount, metadata } = settings;
    this.counts = new Int32Array(units * (classCount + 1) * bins);
    this.classSums = new Float64Array(units * classCount);
    this.held = new Int32Array(units);
    this.topRows = new Int32Array(units * top);
    this.topValues = new Float32Array(units * top);
    this.topMaxima = new Float32Array(units * top);
    this.metadata = new MetadataSums(metadata, units);
    this.centred = new Float64Array(units);
  }

  get byteLength(): number {
    return this.counts.byteLength + this.classSums.byteLength + 3 * this.topRows.byteLength;
  }

  /** Adds a row, which are to come in order: mean and largest response of every unit, [units] each. */
  add(row: number, mean: Float32Array, max: Float32Array): void {
    const { bins, classCount, classByRow } = this.settings;
    const { min, max: most, mean: middle } = this.statistics;
    const own = classByRow[row] ?? -1;
    const group = own >= 0 && own < classCount ? own + 1 : 0;
    for (let unit = 0; unit < this.units; unit++) {
      const value = mean[unit]!;
      const low = min[unit]!;
      const width = (most[unit]! - low) / bins;
      this.counts[
        (unit * (classCount + 1) + group) * bins + (width > 0 ? binAt(value, low, width, bins) : 0)
      ]!++;
      if (group > 0) this.classSums[unit * classCount + own]! += value;
      this.centred[unit] = value - middle[unit]!;
      this.rank(unit, row, value, max[unit]!);
    }
    this.metadata.add(row, this.centred);
  }

  of(unit: number): UnitProfile {
    const { top, bins, classCount } = this.settings;
    const low = this.statistics.min[unit]!;
    const high = this.statistics.max[unit]!;
    // equal responses are all in the first bin
    const totals = new Array<number>(high > low ? bins : 1).fill(0);
    for (let group = 0; group <= classCount; group++)
      this.getCounts(unit, group)
        .subarray(0, totals.length)
        .forEach((count, bin) => {
          totals[bin]! += count;
        });
    const histogram = toBins(totals, low, high);
    return {
      histogram,
      metadata: this.metadata.of(unit),
      classes: this.listClasses(unit, histogram.length),
      top: Array.from({ length: this.held[unit]! }, (_, i) => {
        const at = unit * top + i;
        return { row: this.topRows[at]!, response: this.topValues[at]!, maxResponse: this.topMaxima[at]! };
      }),
    };
  }

  private listClasses(unit: number, drawn: number): UnitProfile['classes'] {
    const { classCount } = this.settings;
    return Array.from({ length: classCount }, (_, classIndex) => {
      const counts = Array.from(this.getCounts(unit, classIndex + 1).subarray(0, drawn));
      const rows = counts.reduce((a, b) => a + b, 0);
      return { classIndex, counts, rows, mean: this.classSums[unit * classCount + classIndex]! / rows };
    }).flatMap(({ rows, ...entry }) => (rows === 0 ? [] : [entry]));
  }

  private getCounts(unit: number, group: number): Int32Array {
    const { bins, classCount } = this.settings;
    const from = (unit * (classCount + 1) + group) * bins;
    return this.counts.subarray(from, from + bins);
  }

  private rank(unit: number, row: number, value: number, maximum: number): void {
    const { top } = this.settings;
    const base = unit * top;
    const held = this.held[unit]!;
    if (held === top && value <= this.topValues[base + top - 1]!) return;
    let at = held === top ? top - 1 : held;
    for (; at > 0 && this.topValues[base + at - 1]! < value; at--) {
      this.topRows[base + at] = this.topRows[base + at - 1]!;
      this.topValues[base + at] = this.topValues[base + at - 1]!;
      this.topMaxima[base + at] = this.topMaxima[base + at - 1]!;
    }
    this.topRows[base + at] = row;
    this.topValues[base + at] = value;
    this.topMaxima[base + at] = maximum;
    if (held < top) this.held[unit] = held + 1;
  }
}
