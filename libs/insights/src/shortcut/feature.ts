/** A number of each row that a shortcut may use: a field, a unit, or a place of the input. */
export interface Feature {
  readonly source: 'metadata' | 'unit' | 'input';
  /** Its name for people, such as `site` or `dense:17`. */
  readonly name: string;
  /** Values of the rows under study, in their order; NaN where missing. */
  readonly values: Float64Array | Float32Array;
  /** For people: such as `site is "a"`. */
  readonly describe: (threshold: number, isAbove: boolean) => string;
}

/** A feature above a threshold, or at most, that goes with a class. */
export interface Tie {
  readonly feature: Feature;
  readonly threshold: number;
  readonly isAbove: boolean;
  readonly label: number;
  /** Matthews' correlation of both. */
  readonly correlation: number;
}

const MAX_THRESHOLDS = 128;
/** A tie needs this number of rows of the class. */
const MIN_ROWS = 10;

/** Returns the threshold and the class with the largest correlation on some positions; undefined without a value. */
export function findTie(
  feature: Feature,
  labels: Int32Array,
  classes: number,
  positions: Int32Array,
): Tie | undefined {
  const { values } = feature;
  const order = positions.filter((at) => !Number.isNaN(values[at])).sort((a, b) => values[a]! - values[b]!);
  const totals = new Float64Array(classes);
  for (const at of order) totals[labels[at]!]!++;
  const below = new Float64Array(classes);
  const step = Math.max(1, Math.floor(order.length / MAX_THRESHOLDS));
  let [best, isDue]: [Tie | undefined, boolean] = [undefined, false];
  for (let i = 0; i < order.length - 1; i++) {
    below[labels[order[i]!]!]!++;
    isDue ||= i % step === step - 1;
    const value = values[order[i]!]!;
    const next = values[order[i + 1]!]!;
    if (!isDue || value === next) continue;
    isDue = false;
    for (let label = 0; label < classes; label++) {
      if (totals[label]! < MIN_ROWS) continue;
      const correlation = correlate(below[label]!, i + 1, totals[label]!, order.length);
      // NaN where all rows are of the class.
      if (!(Math.abs(correlation) > (best?.correlation ?? 0))) continue;
      const threshold = (value + next) / 2;
      // A small correlation with being below means a tie with being above.
      best = { feature, threshold, isAbove: correlation < 0, label, correlation: Math.abs(correlation) };
    }
  }
  return best;
}

/** Returns Matthews' correlation of feature and class on some positions; NaN where one of both does not vary. */
export function measureTie(
  { feature, threshold, isAbove, label }: Tie,
  labels: Int32Array,
  positions: Int32Array,
): number {
  let [n, above, ofClass, both] = [0, 0, 0, 0];
  for (const at of positions) {
    const value = feature.values[at]!;
    if (Number.isNaN(value)) continue;
    const isTied = value > threshold === isAbove;
    const isClass = labels[at] === label;
    n++;
    above += Number(isTied);
    ofClass += Number(isClass);
    both += Number(isTied && isClass);
  }
  return correlate(both, above, ofClass, n);
}

/** Matthews' correlation of two sets with `both` in common, of the sizes `a` and `b`, among n. */
const correlate = (both: number, a: number, b: number, n: number): number =>
  (n * both - a * b) / Math.sqrt(a * b * (n - a) * (n - b));

/**
 * Rows on which feature and label can disagree: samples of the class without the feature, samples of other classes
 * with it, or both.
 */
export const SIDES = ['both', 'without', 'with'] as const;
export type Side = (typeof SIDES)[number];

/**
 * Whether the feature and the label disagree on the class of a tie; undefined where the value is missing, or where they
 * disagree on the other side.
 */
export function disagrees(
  { feature, threshold, isAbove, label }: Tie,
  side: Side,
  at: number,
  own: number,
): boolean | undefined {
  const value = feature.values[at]!;
  if (Number.isNaN(value)) return undefined;
  const isClass = own === label;
  if ((value > threshold === isAbove) === isClass) return false;
  return side === 'both' || (side === 'without') === isClass ? true : undefined;
}
