import type { SampleAddress } from '@noema/kernel';
import type { HistogramBin } from './unit-statistics.js';

/** One learned feature of a layer over the population of a set. */
export interface Unit {
  readonly activationSetId: string;
  readonly layer: string;
  /** Number in the layer, from 0. */
  readonly unit: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly min: number;
  readonly max: number;
  /** True when it has no variance. */
  readonly dropped: boolean;
  readonly lossCorrelation: number;
}

/** A sample and how the unit answers to it. */
export interface UnitSample {
  readonly row: number;
  readonly address: SampleAddress | undefined;
  readonly response: number;
  readonly maxResponse: number;
}

export interface ClassResponse {
  readonly classIndex: number;
  readonly className: string;
  readonly mean: number;
}

/** A unit with its responses. */
export interface UnitPage extends Unit {
  readonly histogram: readonly HistogramBin[];
  readonly topSamples: readonly UnitSample[];
  readonly classes: readonly ClassResponse[];
}

/** Rows of the largest responses, largest first, equal ones by row. */
export function strongestRows(responses: Float32Array, count: number): number[] {
  return Array.from(responses.keys()).sort((a, b) => responses[b]! - responses[a]! || a - b).slice(0, count);
}

/** The mean response to every class that has rows; rows without a class are left out. */
export function classMeans(responses: Float32Array, classes: { readonly names: readonly string[]; readonly ofRow: Int32Array }): ClassResponse[] {
  const sums = new Float64Array(classes.names.length), counts = new Int32Array(classes.names.length);
  classes.ofRow.forEach((own, row) => {
    if (own < 0 || own >= counts.length) return;
    sums[own]! += responses[row]!;
    counts[own]!++;
  });
  return classes.names.flatMap((className, classIndex) => (counts[classIndex] === 0 ? [] : [{ classIndex, className, mean: sums[classIndex]! / counts[classIndex]! }]));
}
