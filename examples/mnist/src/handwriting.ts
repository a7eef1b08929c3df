import { type Digit, SIDE } from './digits.js';

/** The mean picture of each label, `[10][784]`, from 0 to 1. */
export function classMeans(digits: readonly Digit[]): Float32Array[] {
  const means = Array.from({ length: 10 }, () => new Float32Array(SIDE * SIDE));
  const counts = new Float32Array(10);
  for (const { label, pixels } of digits) {
    counts[label]! += 1;
    const mean = means[label]!;
    for (let i = 0; i < pixels.length; i++) mean[i]! += pixels[i]! / 255;
  }
  return means.map((mean, label) => mean.map((sum) => sum / counts[label]!));
}

/** Euclidean distance between a digit and a mean picture. */
export function distanceTo(mean: Float32Array, { pixels }: Digit): number {
  let squares = 0;
  for (let i = 0; i < mean.length; i++) squares += (pixels[i]! / 255 - mean[i]!) ** 2;
  return Math.sqrt(squares);
}

/** Share of the paper that is covered, from 0 to 1. */
export function measureInk({ pixels }: Digit): number {
  let ink = 0;
  for (const pixel of pixels) ink += pixel;
  return ink / 255 / pixels.length;
}

/** How far the writing leans to the right, in degrees, from the second moments of the ink. */
export function measureSlant({ pixels }: Digit): number {
  let [mass, sumX, sumY] = [0, 0, 0];
  for (let y = 0, i = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, i++) {
      mass += pixels[i]!;
      sumX += pixels[i]! * x;
      sumY += pixels[i]! * y;
    }
  }
  const [centreX, centreY] = [sumX / mass, sumY / mass];
  let [across, down] = [0, 0];
  for (let y = 0, i = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, i++) {
      across += pixels[i]! * (x - centreX) * (y - centreY);
      down += pixels[i]! * (y - centreY) ** 2;
    }
  }
  return (Math.atan(-across / down) * 180) / Math.PI;
}
