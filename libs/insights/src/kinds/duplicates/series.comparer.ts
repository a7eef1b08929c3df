import type { Comparer } from './comparer.js';
import { scaleToLength1 } from './item-sketch.js';

/** Steps of a series to compare; longer ones are averaged down. */
const MAX_STEPS = 256;
const FREQUENCIES = 32;
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
  const waves = createWaves(length);
  const maxShift = Math.floor(length * MAX_SHIFT);
  return {
    views: ['itself'],
    width: FREQUENCIES * channels,
    similarity: 'largest cross-correlation',
    copies: 'a copy is shifted by up to 10 %, scaled by 0.5 to 2 and has 2 % noise',
    prepare: (input) => shorten(input, steps, channels, length),
    describe: (sample, _, into) => {
      describeSpectrum(sample, { length, channels, waves }, into);
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

/** Cosines and sines of the frequencies under a window that hides the ends. */
function createWaves(length: number): { readonly cos: Float32Array; readonly sin: Float32Array } {
  const [cos, sin] = [new Float32Array(FREQUENCIES * length), new Float32Array(FREQUENCIES * length)];
  for (let f = 0; f < FREQUENCIES; f++)
    for (let t = 0; t < length; t++) {
      const window = Math.sin((Math.PI * (t + 0.5)) / length);
      const angle = (2 * Math.PI * (f + 1) * t) / length;
      cos[f * length + t] = window * Math.cos(angle);
      sin[f * length + t] = window * Math.sin(angle);
    }
  return { cos, sin };
}

/** Magnitudes of the lowest frequencies, which a shift hardly changes, of length 1. */
function describeSpectrum(
  sample: Float32Array,
  { length, channels, waves }: { length: number; channels: number; waves: ReturnType<typeof createWaves> },
  into: Float32Array,
): void {
  for (let c = 0; c < channels; c++) {
    const own = sample.subarray(c * length, (c + 1) * length);
    const mean = own.reduce((sum, value) => sum + value, 0) / length;
    for (let f = 0; f < FREQUENCIES; f++) {
      let [re, im] = [0, 0];
      for (let t = 0; t < length; t++) {
        re += (own[t]! - mean) * waves.cos[f * length + t]!;
        im += (own[t]! - mean) * waves.sin[f * length + t]!;
      }
      into[c * FREQUENCIES + f] = Math.hypot(re, im);
    }
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
    let [sa, sb, ab, aa, bb] = [0, 0, 0, 0, 0];
    for (let t = start; t < end; t++) {
      const [x, y] = [a[c * length + t + shift]!, b[c * length + t]!];
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
