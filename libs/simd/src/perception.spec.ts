import { expect, it } from 'vitest';
import { KernelMemory, kernelsOn } from './index.js';

const sine = (length: number, step: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => 3 + Math.sin(step * i * (1 + (i % 7))));

it.each([
  [4, 6, 6],
  [8, 10, 7],
  [12, 128, 128],
])('co-moments of %i units over %i rows, %i of them there, equal a plain loop', (d, stride, count) => {
  const memory = new KernelMemory();
  const rows = memory.floats(sine(count * d, 0.37));
  const mean = memory.doubles(Array.from({ length: d }, (_, j) => 3 + j / 100));
  const columns = memory.doubles(d * stride);
  const into = memory.doubles(d * d).fill(1);
  const kernels = kernelsOn(memory.shared);
  kernels.centreColumns(rows.byteOffset, count, d, mean.byteOffset, columns.byteOffset, stride);
  // In two bands, each where its first row lies.
  kernels.addCoMoments(columns.byteOffset, d, stride, 0, 4, into.byteOffset);
  kernels.addCoMoments(columns.byteOffset, d, stride, 4, d, into.byteOffset + 4 * d * 8);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 1;
      for (let r = 0; r < count; r++) sum += (rows[r * d + i]! - mean[i]!) * (rows[r * d + j]! - mean[j]!);
      expect(Math.abs(into[i * d + j]! - sum)).toBeLessThan(1e-11 * count);
    }
  }
});

it.each([1, 6, 7])('the sums of %i units over rows equal a plain loop', (d) => {
  const memory = new KernelMemory();
  const rows = memory.floats(sine(9 * d, 0.37));
  const sums = memory.doubles(d).fill(2);
  kernelsOn(memory.shared).addRows(rows.byteOffset, 9, d, sums.byteOffset);
  expect(Array.from(sums)).toEqual(
    Array.from({ length: d }, (_, j) =>
      Array.from({ length: 9 }, (__, r) => rows[r * d + j]!).reduce((sum, value) => sum + value, 2),
    ),
  );
});

it.each([
  [4, 5, 8],
  [8, 33, 16],
  [12, 234, 64],
])('the projection of %i rows of %i columns to %i is that of a plain loop', (count, d, k) => {
  const memory = new KernelMemory();
  const rows = memory.floats(sine(count * d, 0.61));
  const components = memory.floats(sine(d * k, 0.23));
  const mean = memory.doubles(d).fill(2.9);
  const scale = memory.doubles(Array.from({ length: d }, (_, j) => 1 / (1 + j)));
  const scaled = memory.floats(4 * d);
  const out = memory.floats(count * k);
  kernelsOn(memory.shared).projectRows(
    rows.byteOffset,
    count,
    d,
    mean.byteOffset,
    scale.byteOffset,
    components.byteOffset,
    k,
    scaled.byteOffset,
    out.byteOffset,
  );
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < k; c++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (rows[i * d + j]! - 2.9) * scale[j]! * components[j * k + c]!;
      expect(Math.abs(out[i * k + c]! - sum)).toBeLessThan(2e-5);
    }
  }
});
