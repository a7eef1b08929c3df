import { describe, expect, it } from 'vitest';
import { joinColumns } from './joined-columns.js';
import type { PointColumn } from './point-columns.js';

const texts = (...all: string[]): PointColumn => {
  const parts = all.map((text) => new TextEncoder().encode(text));
  let at = 0;
  return {
    type: 'text',
    bytes: Uint8Array.from(parts.flatMap((part) => [...part])),
    offsets: Int32Array.from([0, ...parts.map((part) => (at += part.length))]),
  };
};

describe('one column of two populations', () => {
  it('has the values of both, one after the other', () => {
    expect(
      joinColumns(
        { type: 'number', values: Float32Array.of(1, NaN) },
        { type: 'number', values: Float32Array.of(3) },
        [2, 1],
      ),
    ).toEqual({ type: 'number', values: Float32Array.of(1, NaN, 3) });
    expect(joinColumns(texts('ä', ''), texts('b'), [2, 1])).toEqual(texts('ä', '', 'b'));
    expect(
      joinColumns(
        { type: 'index', values: Int32Array.of(0, 1) },
        { type: 'index', values: Int32Array.of(0) },
        [2, 1],
      ),
    ).toEqual({ type: 'index', values: Int32Array.of(0, 1, 0) });
  });
  it('names codes once, whatever their numbers were', () => {
    const join = (first: string[], second: string[]) =>
      joinColumns(
        { type: 'code', values: Int32Array.of(1, 0), names: first },
        { type: 'code', values: Int32Array.of(0, -1, 1), names: second },
        [2, 3],
      );
    expect(join(['x', 'y'], ['y', 'z'])).toEqual({
      type: 'code',
      names: ['x', 'y', 'z'],
      values: Int32Array.of(1, 0, 1, -1, 2),
    });
  });
  it('has missing values where one population lacks the column, or has another type', () => {
    const number: PointColumn = { type: 'number', values: Float32Array.of(5) };
    expect(joinColumns(number, undefined, [1, 1])).toEqual({
      type: 'number',
      values: Float32Array.of(5, NaN),
    });
    expect(joinColumns(undefined, number, [1, 1])).toEqual({
      type: 'number',
      values: Float32Array.of(NaN, 5),
    });
    expect(joinColumns(number, texts('a'), [1, 1])).toEqual({
      type: 'number',
      values: Float32Array.of(5, NaN),
    });
    expect(joinColumns({ type: 'code', values: Int32Array.of(0), names: ['x'] }, undefined, [1, 2])).toEqual({
      type: 'code',
      names: ['x'],
      values: Int32Array.of(0, -1, -1),
    });
    expect(joinColumns(undefined, texts('a'), [2, 1])).toEqual(texts('', '', 'a'));
  });
});
