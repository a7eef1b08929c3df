import { seededRandom } from '@noema/kernel/random';

type Numbers = Float32Array | Float64Array;

/** Two units of a layer whose responses go together. */
export interface DuplicateUnit {
  readonly unit: number;
  /** The unit that stays. */
  readonly original: number;
  /** Pearson's correlation on the confirming rows. */
  readonly correlation: number;
}

/** A unit that responds to fewer samples is too rare to be compared. */
const MIN_ACTIVE = 30;
const SKETCH = 32;
const SKETCH_ROWS = 4000;
/** 1 − 10⁻⁶ quantile of χ² with 32 degrees of freedom: one duplicate in a million is overlooked. */
const CHI_SQUARED = 90;

/**
 * Finds units whose response is a linear function of that of an earlier unit: |correlation| above `least` on the
 * finding and on the confirming rows, so that one outlier makes no duplicate. Each of `units` is compared to the units
 * that stay, in their order. Random projections (Johnson & Lindenstrauss 1984) leave out pairs that cannot match.
 */
export function findDuplicates(
  read: (unit: number) => Float32Array,
  units: readonly number[],
  rows: { readonly find: Int32Array; readonly confirm: Int32Array },
  { least, seed }: { readonly least: number; readonly seed: number },
): DuplicateUnit[] {
  const isRare = (unit: number): boolean =>
    [rows.find, rows.confirm].some((some) => countActive(read(unit), some) < MIN_ACTIVE);
  const sketch = createSketch(rows.find, seed);
  const originals: { readonly unit: number; readonly places: Float64Array }[] = [];
  const duplicates: DuplicateUnit[] = [];
  const limit = 2 * (1 - least) * CHI_SQUARED;
  for (const unit of units) {
    if (isRare(unit)) continue;
    const places = sketch(read(unit));
    const match = findMatch(unit, places);
    if (match === undefined) originals.push({ unit, places });
    else duplicates.push(match);
  }
  return duplicates;

  function findMatch(unit: number, places: Float64Array): DuplicateUnit | undefined {
    for (const original of originals) {
      if (!isNear(original.places, places, limit)) continue;
      const correlation = compare(original.unit, unit);
      if (correlation !== 0) return { unit, original: original.unit, correlation };
    }
    return undefined;
  }

  /** Returns the correlation on the confirming rows; 0 where they do not match on both. */
  function compare(a: number, b: number): number {
    const [x, y] = [read(a), read(b)];
    if (!(Math.abs(correlate(x, y, rows.find)) > least)) return 0;
    const confirmed = correlate(x, y, rows.confirm);
    return Math.abs(confirmed) > least ? confirmed : 0;
  }
}

/** Returns Pearson's correlation of two columns over some rows; NaN where one of them is constant. */
export function correlate(x: Numbers, y: Numbers, rows: Int32Array): number {
  const [mx, my] = [mean(x, rows), mean(y, rows)];
  let [xx, xy, yy] = [0, 0, 0];
  for (const row of rows) {
    const a = x[row]! - mx;
    const b = y[row]! - my;
    xx += a * a;
    xy += a * b;
    yy += b * b;
  }
  return xy / Math.sqrt(xx * yy);
}

/** Projects a standardised column onto random directions: the squared distance of two is about 2 (1 − r) each. */
function createSketch(rows: Int32Array, seed: number): (values: Float32Array) => Float64Array {
  const step = Math.max(1, rows.length / SKETCH_ROWS);
  const sample = Int32Array.from(
    { length: Math.min(rows.length, SKETCH_ROWS) },
    (_, i) => rows[Math.floor(i * step)]!,
  );
  const random = seededRandom(seed, 0x756e6974);
  const signs = Int8Array.from({ length: SKETCH * sample.length }, () => (random() < 0.5 ? -1 : 1));
  return (values) => {
    const center = mean(values, sample);
    let squares = 0;
    for (const row of sample) squares += (values[row]! - center) ** 2;
    const scale = 1 / Math.sqrt(squares);
    return Float64Array.from({ length: SKETCH }, (_, at) => {
      let sum = 0;
      for (let i = 0; i < sample.length; i++)
        sum += signs[at * sample.length + i]! * (values[sample[i]!]! - center);
      return sum * scale;
    });
  };
}

/** Whether two sketches are equal, or opposite, up to the limit of the squared distance. */
function isNear(a: Float64Array, b: Float64Array, limit: number): boolean {
  let [equal, opposite] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    equal += (a[i]! - b[i]!) ** 2;
    opposite += (a[i]! + b[i]!) ** 2;
    if (equal > limit && opposite > limit) return false;
  }
  return true;
}

function mean(values: Numbers, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += values[row]!;
  return sum / rows.length;
}

function countActive(values: Float32Array, rows: Int32Array): number {
  let count = 0;
  for (const row of rows) if (values[row] !== 0) count++;
  return count;
}
