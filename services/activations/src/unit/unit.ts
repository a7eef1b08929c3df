import type { SampleAddress } from '@noema/kernel';
import type { MetadataRelation } from './metadata-relation.js';
import { createBinning, type HistogramBin } from './unit-statistics.js';

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
  /** Rows of the class in each bin of the unit's histogram. */
  readonly counts: readonly number[];
}

/** A unit with its responses. */
export interface UnitPage extends Unit {
  readonly histogram: readonly HistogramBin[];
  readonly topSamples: readonly UnitSample[];
  readonly classes: readonly ClassResponse[];
  /** The strongest relation first. */
  readonly metadata: readonly MetadataRelation[];
}

/** Rows of the largest responses, largest first, equal ones by row; one pass with `count` kept. */
export function strongestRows(responses: Float32Array, count: number): number[] {
  const best: number[] = [];
  responses.forEach((value, row) => {
    if (best.length === count && value <= responses[best[count - 1]!]!) return;
    let at = best.length;
    while (at > 0 && responses[best[at - 1]!]! < value) at--;
    best.splice(at, 0, row);
    if (best.length > count) best.pop();
  });
  return best;
}

/**
 * The mean response to every class that has rows, and how its rows lie in the bins of the population; rows
 * without a class are left out.
 */
export function classResponses(
  responses: Float32Array,
  bins: readonly HistogramBin[],
  classes: { readonly names: readonly string[]; readonly ofRow: Int32Array },
): ClassResponse[] {
  const { names, ofRow } = classes;
  const of = createBinning(bins);
  const sums = new Float64Array(names.length);
  const counts = names.map(() => new Array<number>(bins.length).fill(0));
  ofRow.forEach((own, row) => {
    if (own < 0 || own >= names.length) return;
    sums[own]! += responses[row]!;
    counts[own]![of(responses[row]!)]!++;
  });
  return names.flatMap((className, classIndex) => {
    const rows = counts[classIndex]!.reduce((a, b) => a + b, 0);
    return rows === 0
      ? []
      : [{ classIndex, className, mean: sums[classIndex]! / rows, counts: counts[classIndex]! }];
  });
}
