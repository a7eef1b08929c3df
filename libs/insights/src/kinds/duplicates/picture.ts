import { scaleToLength1 } from './item-sketch.js';
import { resize } from './resample.js';
import type { Plane } from './warp.js';

/** Sides of the grids on which pictures are compared. */
export const [MAX_SIDE, COARSE_SIDE] = [64, 16];

/** A picture in luminance, and its channels. */
export interface Picture {
  readonly fine: Plane;
  /** The alignment is on luminance, the comparison on all channels. */
  readonly planes: readonly Plane[];
  smoothed?: readonly Float32Array[];
}

/** The coarse luminance with the mean 0 and the length 1, and what black is on that scale. */
export interface Coarse extends Plane {
  readonly ground: number;
}

/** Values of a coarse picture in memory: its pixels, then its ground. */
export const COARSE_WIDTH = COARSE_SIDE ** 2 + 1;

/** Returns a coarse picture from its values. */
export const readCoarse = (values: Float32Array): Coarse => ({
  side: COARSE_SIDE,
  values: values.subarray(0, COARSE_SIDE ** 2),
  ground: values[COARSE_SIDE ** 2]!,
});

/** Returns a picture of a side from an input [height, width, channels]. */
export function toPicture(
  input: Float32Array,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
  side: number,
): Picture {
  const fine = resize(toLuminance(input, channels), height, width, side);
  const planes = Array.from({ length: channels }, (_, c) =>
    channels === 1 ? fine : resize(toChannel(input, channels, c), height, width, side),
  );
  return { fine, planes };
}

/** Writes the luminance of a picture on the coarse grid; `black` is the smallest luminance of the data. */
export function writeCoarse({ fine: { side, values } }: Picture, black: number, into: Float32Array): void {
  const coarse = resize(values, side, side, COARSE_SIDE).values;
  // One more value goes through the same scale.
  const mean = coarse.reduce((sum, value) => sum + value, 0) / coarse.length;
  const length = Math.sqrt(coarse.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  into.set(normalize(coarse.slice()));
  into[coarse.length] = length === 0 ? 0 : (black - mean) / length;
}

/** Gives values the mean 0 and the length 1, in place; NaN becomes 0. */
export function normalize(values: Float32Array): Float32Array {
  let [n, sum] = [0, 0];
  for (const value of values)
    if (value === value) {
      n++;
      sum += value;
    }
  for (let i = 0; i < values.length; i++) values[i] = values[i] === values[i] ? values[i]! - sum / n : 0;
  scaleToLength1(values);
  return values;
}

/** One channel; NaN counts as 0. */
const toChannel = (input: Float32Array, channels: number, channel: number): Float32Array =>
  Float32Array.from({ length: input.length / channels }, (_, at) => {
    const value = input[at * channels + channel]!;
    return Number.isFinite(value) ? value : 0;
  });

/** Rec. 601 weights for three channels or more, else the mean. NaN counts as 0. */
export function toLuminance(input: ArrayLike<number>, channels: number): Float32Array {
  const weights = channels >= 3 ? [0.299, 0.587, 0.114] : new Array<number>(channels).fill(1 / channels);
  const luminance = new Float32Array(input.length / channels);
  for (let at = 0; at < luminance.length; at++)
    for (let c = 0; c < weights.length; c++) {
      const value = input[at * channels + c]!;
      if (Number.isFinite(value)) luminance[at]! += weights[c]! * value;
    }
  return luminance;
}
