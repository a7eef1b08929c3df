/** Extremes of the responses of one unit over some samples. */
export interface UnitRange {
  readonly least: number;
  readonly largest: number;
  /** Number of samples with another response than 0. */
  readonly active: number;
  /** False where a response is missing. */
  readonly isComplete: boolean;
}

/** A unit does nothing: it never responds, or always with the same number. */
export type Idleness = 'dead' | 'saturated';

/** A range below this share of the median range of its layer is flat, and one below this share of the response. */
const [FLAT_IN_LAYER, FLAT_BY_ITSELF] = [0.01, 0.001];

/** Returns the range of a unit, whose responses are [n] float32, over some rows. */
export function measureRange(values: Float32Array, rows: Int32Array): UnitRange {
  let [least, largest, active, isComplete] = [Infinity, -Infinity, 0, true];
  for (const row of rows) {
    const value = values[row]!;
    if (value < least) least = value;
    if (value > largest) largest = value;
    if (value !== 0) active++;
    if (!Number.isFinite(value)) isComplete = false;
  }
  return { least, largest, active, isComplete };
}

/**
 * Returns for each unit of a layer whether it does nothing. Dead: all responses are 0. Saturated: it responds to every
 * sample, and its responses differ by at most 1 % of the median range of the layer's units that respond, or by 0.1 % of
 * its own response.
 */
export function findIdle(ranges: readonly UnitRange[], samples: number): (Idleness | undefined)[] {
  const spans = ranges.filter(({ active }) => active > 0).map(({ least, largest }) => largest - least);
  const median = spans.toSorted((a, b) => a - b)[spans.length >> 1] ?? 0;
  return ranges.map(({ least, largest, active, isComplete }) => {
    if (!isComplete) return undefined;
    if (active === 0) return 'dead';
    const own = Math.max(Math.abs(least), Math.abs(largest));
    const isFlat = largest - least <= Math.max(FLAT_IN_LAYER * median, FLAT_BY_ITSELF * own);
    return isFlat && active === samples ? 'saturated' : undefined;
  });
}
