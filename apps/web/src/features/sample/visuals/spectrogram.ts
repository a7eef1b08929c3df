/** Samples of a window, and columns of a spectrogram, at most. */
const WINDOW = 512;
const COLUMNS = 600;
/** Decibels below the loudest that are drawn. */
export const RANGE_DB = 80;

/** Loudness by time and frequency. */
export interface Spectrogram {
  readonly columns: number;
  /** Frequencies from 0 to half the sample rate. */
  readonly rows: number;
  /** `[columns, rows]`, row-major: decibels relative to the loudest, −80 to 0. */
  readonly decibels: Float32Array;
}

/**
 * Short-time Fourier transform of a channel: Hann windows of 512 samples, at most 600, whose middles are spread
 * evenly over the sound; beyond its ends are zeros.
 */
export function computeSpectrogram(samples: Float32Array): Spectrogram {
  const columns = Math.max(1, Math.min(COLUMNS, Math.ceil(samples.length / (WINDOW / 4))));
  const rows = WINDOW / 2 + 1;
  const power = new Float32Array(columns * rows);
  const [real, imaginary] = [new Float64Array(WINDOW), new Float64Array(WINDOW)];
  for (let column = 0; column < columns; column++) {
    const start = Math.round(((column + 0.5) * samples.length) / columns) - WINDOW / 2;
    for (let i = 0; i < WINDOW; i++) {
      real[i] = (samples[start + i] ?? 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));
      imaginary[i] = 0;
    }
    transform(real, imaginary);
    for (let row = 0; row < rows; row++)
      power[column * rows + row] = real[row]! * real[row]! + imaginary[row]! * imaginary[row]!;
  }
  const loudest = power.reduce((most, value) => Math.max(most, value), 0) || 1;
  const decibels = power.map((value) => Math.max(-RANGE_DB, 10 * Math.log10(value / loudest)));
  return { columns, rows, decibels };
}

/** Discrete Fourier transform in place (Cooley & Tukey 1965, radix 2); the length is a power of two. */
export function transform(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j]!, real[i]!];
    [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
  }
  for (let size = 2; size <= n; size *= 2)
    for (let k = 0; k < size / 2; k++) {
      const angle = (-2 * Math.PI * k) / size;
      const cos = Math.cos(angle);
      const sin = Math.sin(angle);
      for (let start = k; start < n; start += size) {
        const other = start + size / 2;
        const re = real[other]! * cos - imaginary[other]! * sin;
        const im = real[other]! * sin + imaginary[other]! * cos;
        real[other] = real[start]! - re;
        imaginary[other] = imaginary[start]! - im;
        real[start]! += re;
        imaginary[start]! += im;
      }
    }
}
