import { expect, it } from 'vitest';
import { computeSpectrogram, transform } from './spectrogram.js';

it('the transform is the sum that defines it', () => {
  const n = 32;
  const input = Array.from({ length: n }, (_, i) => Math.sin(i * i) + 0.3 * Math.cos(3 * i));
  const [real, imaginary] = [Float64Array.from(input), new Float64Array(n)];
  transform(real, imaginary);
  for (let k = 0; k < n; k++) {
    const sum = (part: (angle: number) => number) =>
      input.reduce((all, value, i) => all + value * part((-2 * Math.PI * k * i) / n), 0);
    expect(real[k]).toBeCloseTo(sum(Math.cos), 10);
    expect(imaginary[k]).toBeCloseTo(sum(Math.sin), 10);
  }
});

it('a tone is loudest at its frequency, at any time', () => {
  const rate = 8000;
  const tone = Float32Array.from({ length: rate }, (_, i) => Math.sin((2 * Math.PI * 1000 * i) / rate));
  const { columns, rows, decibels } = computeSpectrogram(tone);
  expect([columns, rows]).toEqual([63, 257]);
  for (const column of [3, 30, 60]) {
    const line = [...decibels.subarray(column * rows, (column + 1) * rows)];
    // 1000 Hz of 4000 Hz in 256 steps
    expect(line.indexOf(Math.max(...line))).toBe(64);
    expect(line[64]).toBeGreaterThan(-0.1);
    expect(line[120]).toBe(-80);
  }
});

it('a Hann window spreads a tone to its two neighbors, 6.02 dB lower (Harris 1978)', () => {
  const tone = Float32Array.from({ length: 4096 }, (_, i) => Math.sin((2 * Math.PI * 64 * i) / 512));
  const { columns, rows, decibels } = computeSpectrogram(tone);
  const line = decibels.subarray(Math.floor(columns / 2) * rows);
  expect(line[63]! - line[64]!).toBeCloseTo(-6.02, 2);
  expect(line[65]! - line[64]!).toBeCloseTo(-6.02, 2);
});

it('a long sound has 600 columns, silence and a short one are drawn as well', () => {
  expect(computeSpectrogram(new Float32Array(500_000)).columns).toBe(600);
  const silence = computeSpectrogram(new Float32Array(3));
  expect(silence.columns).toBe(1);
  expect(new Set(silence.decibels)).toEqual(new Set([-80]));
});
