import { type Digit, SIDE } from './digits.js';

/** The mean picture of each label, `[10][784]`, from 0 to 1. */
export function classMeans(digits: readonly Digit[]): Float32Array[] {
  const means = Array.from({ length: 10 }, () => new Float32Array(SIDE * SIDE));
  const counts = new Float32Array(10);
  for (const { label, pixels } of digits) {
    counts[label]! += 1;
    const mean = means[label]!;
    pixels.forEach((ink, i) => { mean[i]! += ink / 255; });
  }
  return means.map((mean, label) => mean.map((sum) => sum / counts[label]!));
}

/** Euclidean distance between a digit and a mean picture. */
export function distanceTo(mean: Float32Array, { pixels }: Digit): number {
  return Math.sqrt(mean.reduce((sum, value, i) => sum + (pixels[i]! / 255 - value) ** 2, 0));
}

/** Share of the paper that is covered, from 0 to 1. */
export const inkOf = ({ pixels }: Digit): number => pixels.reduce((sum, ink) => sum + ink, 0) / 255 / pixels.length;

/** How far the writing leans to the right, in degrees, from the second moments of the ink. */
export function slantOf({ pixels }: Digit): number {
  let [mass, sumX, sumY] = [0, 0, 0];
  pixels.forEach((ink, i) => {
    mass += ink;
    sumX += ink * (i % SIDE);
    sumY += ink * Math.floor(i / SIDE);
  });
  const [centreX, centreY] = [sumX / mass, sumY / mass];
  let [across, down] = [0, 0];
  pixels.forEach((ink, i) => {
    const [x, y] = [(i % SIDE) - centreX, Math.floor(i / SIDE) - centreY];
    across += ink * x * y;
    down += ink * y * y;
  });
  return Math.atan(-across / down) * 180 / Math.PI;
}
