import type { Comparer } from './comparer.js';
import { scaleToLength1 } from './item-sketch.js';

/** Steps of a series to compare; longer ones are averaged down. */
const MAX_STEPS = 256;
/** Values of a descriptor a channel, and the largest number of views at each side. */
const [VALUES, VIEWS] = [32, 6];
/** Largest shift of two copies against each other, as a share of the steps. */
const MAX_SHIFT = 0.25;
/** Of planted copies: largest shift, and noise as a share of the standard deviation. */
const [SHIFT, NOISE] = [0.1, 0.02];

/** Series: the largest normalised cross-correlation over shifts of up to a quarter, of all channels together. */
export function seriesComparer(shape: readonly number[]): Comparer<Float32Array> | string {
  const [steps = 0, channels = 1] = shape;
  if (shape.length > 2 || steps < 8)
    return `Series of the shape [${shape.join(', ')}] are too short or have too many axes.`;
  const length = Math.min(steps, MAX_STEPS);
  const margin = Math.floor(length * SHIFT);
  const step = Math.max(1, Math.ceil(margin / VIEWS));
  const sides = Array.from({ length: Math.floor(margin / step) }, (_, at) => (at + 1) * step);
  const shifts = [0, ...sides, ...sides.map((shift) => -shift)];
  const values = Math.min(VALUES, length - 2 * margin);
  const maxShift = Math.floor(length * MAX_SHIFT);
  return {
    views: shifts.map((shift) => (shift === 0 ? 'itself' : `shifted by ${shift}`)),
    viewKinds: shifts.map(() => 0),
    width: values * channels,
    trees: 10,
    similarity: 'largest cross-correlation',
    copies: 'a copy is shifted by up to 10%, scaled by 0.5 to 2 and has 2% noise',
    prepare: (input) => shorten(input, steps, channels, length),
    describe: (sample, view, into) => {
      describeMiddle(sample, { length, channels, margin, values, shift: shifts[view]! }, into);
    },
    compare(a, b) {
      let best = -1;
      for (let shift = -maxShift; shift <= maxShift; shift++)
        best = Math.max(best, correlateShifted(a, b, { shift, length, channels }));
      return best;
    },
    plant(input, random) {
      const shift = Math.round((2 * random() - 1) * SHIFT * steps);
      const scale = 2 ** (2 * random() - 1);
      const noise = NOISE * deviation(input);
      return input.map((_, at) => {
        const step = Math.min(steps - 1, Math.max(0, Math.floor(at / channels) + shift));
        const value = input[step * channels + (at % channels)]!;
        return scale * (value + noise * drawNormal(random));
      });
    },
  };
}

/** One channel after the other, [channels, length]; means over equal spans. NaN counts as the value before. */
function shorten(input: Float32Array, steps: number, channels: number, length: number): Float32Array {
  const values = new Float32Array(channels * length);
  for (let c = 0; c < channels; c++) {
    let last = 0;
    const counts = new Float32Array(length);
    for (let step = 0; step < steps; step++) {
      const value = input[step * channels + c]!;
      if (Number.isFinite(value)) last = value;
      const at = Math.floor((step * length) / steps);
      values[c * length + at]! += last;
      counts[at]!++;
    }
    for (let at = 0; at < length; at++) values[c * length + at]! /= counts[at]!;
  }
  return values;
}

interface Middle {
  readonly length: number;
  readonly channels: number;
  readonly margin: number;
  readonly values: number;
  readonly shift: number;
}

/** Means over equal spans of the part that a shift leaves in place, with the mean 0 and, together, the length 1. */
function describeMiddle(
  sample: Float32Array,
  { length, channels, margin, values, shift }: Middle,
  into: Float32Array,
): void {
  into.fill(0);
  const size = length - 2 * margin;
  for (let c = 0; c < channels; c++) {
    const counts = new Float32Array(values);
    const own = into.subarray(c * values, (c + 1) * values);
    for (let t = 0; t < size; t++) {
      const at = Math.floor((t * values) / size);
      own[at]! += sample[c * length + margin + shift + t]!;
      counts[at]!++;
    }
    for (let at = 0; at < values; at++) own[at]! /= counts[at]!;
    const mean = own.reduce((sum, value) => sum + value, 0) / values;
    for (let at = 0; at < values; at++) own[at]! -= mean;
  }
  scaleToLength1(into);
}

/** Correlation of a[t + shift] and b[t] over the steps that both have; constant channels count as 0. */
export function correlateShifted(
  a: Float32Array,
  b: Float32Array,
  { shift, length, channels }: { shift: number; length: number; channels: number },
): number {
  let [sab, saa, sbb] = [0, 0, 0];
  const [start, end] = [Math.max(0, -shift), Math.min(length, length - shift)];
  const n = end - start;
  for (let c = 0; c < channels; c++) {
    let sa = 0;
    let sb = 0;
    let ab = 0;
    let aa = 0;
    let bb = 0;
    for (let t = start; t < end; t++) {
      const x = a[c * length + t + shift]!;
      const y = b[c * length + t]!;
      sa += x;
      sb += y;
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    sab += ab - (sa * sb) / n;
    saa += aa - (sa * sa) / n;
    sbb += bb - (sb * sb) / n;
  }
  return saa > 1e-12 && sbb > 1e-12 ? sab / Math.sqrt(saa * sbb) : 0;
}

function deviation(values: Float32Array): number {
  const finite = values.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  return Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length);
}

/** Box and Muller 1958. */
const drawNormal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
