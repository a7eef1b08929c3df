import { describe, expect, it } from 'vitest';
import { between, PointStore } from './point-store.js';

const columns = (...values: readonly number[]): { x: Float32Array; y: Float32Array; z: Float32Array } => ({
  x: Float32Array.from(values),
  y: Float32Array.from(values, (v) => -v),
  z: Float32Array.from(values, (v) => v / 2),
});

describe('PointStore', () => {
  it('lays axes side by side and says which points came', () => {
    const store = new PointStore(4, 3);
    store.append(columns(1, 2));
    expect(store.append(columns(8))).toEqual({ first: 2, end: 3 });
    expect([...store.positions.subarray(0, 9)]).toEqual([1, -1, 0.5, 2, -2, 1, 8, -8, 4]);
  });

  it('refuses more points than it was made for, and columns of unequal length', () => {
    const store = new PointStore(2, 2);
    expect(() => store.append(columns(1, 2, 3))).toThrow(
      expect.objectContaining({ reason: 'TOO_MANY_POINTS' }),
    );
    expect(() => store.append({ x: new Float32Array(2), y: new Float32Array(1) })).toThrow(
      expect.objectContaining({ reason: 'LENGTHS_DIFFER' }),
    );
    expect(store.count).toBe(0);
  });

  it('says which colours and sizes differ, so that only those are sent', () => {
    const store = new PointStore(5, 2);
    const palette = Uint8Array.from({ length: 1024 }, (_, i) => i >> 2);
    expect(store.paint(Uint8Array.from([1, 1, 1, 1, 1]), palette)).toEqual({ first: 0, end: 5 });
    expect(store.paint(Uint8Array.from([1, 2, 1, 3, 1]), palette)).toEqual({ first: 1, end: 4 });
    expect(store.paint(Uint8Array.from([1, 2, 1, 3, 1]), palette)).toEqual({ first: 0, end: 0 });
    expect([...new Uint8Array(store.colors.buffer, 4, 4)]).toEqual([2, 2, 2, 2]);
    expect(store.resize(Uint8Array.from([51, 51, 9]))).toEqual({ first: 2, end: 3 });
    expect(store.resize(undefined)).toEqual({ first: 2, end: 3 });
  });

  it('takes looks of a part of the points, and leaves those before it alone', () => {
    const store = new PointStore(5, 2);
    const palette = Uint8Array.from({ length: 1024 }, (_, i) => i >> 2);
    store.paint(Uint8Array.from([1, 1]), palette);
    expect(store.paint(Uint8Array.from([7, 8]), palette, 2)).toEqual({ first: 2, end: 4 });
    expect([0, 1, 2, 3].map((i) => new Uint8Array(store.colors.buffer)[4 * i])).toEqual([1, 1, 7, 8]);
    expect(store.resize(Uint8Array.from([9]), 4)).toEqual({ first: 4, end: 5 });
  });
});

describe('between', () => {
  it('is half way at half time', () => {
    expect([...between(Float32Array.from([0, 10]), Float32Array.from([4, 20]), 2, 0.5)]).toEqual([2, 15]);
  });
});
