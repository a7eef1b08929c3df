import { describe, expect, it } from 'vitest';
import { MarkMoves } from './mark-moves.js';

describe('moves over the marks of a chart', () => {
  const matrix = ['a', 'b'].flatMap((row) => ['x', 'y', 'z'].map((x) => ({ row, x, value: 1, n: 1 })));

  it('starts at the first mark and stays within a chart', () => {
    const moves = new MarkMoves(matrix);
    expect(moves.next('ArrowRight', undefined)).toBe(0);
    expect(moves.next('Enter', undefined)).toBeUndefined();
    expect(moves.next('ArrowLeft', 0)).toBe(0);
    expect(moves.next('ArrowUp', 0)).toBe(0);
    expect(moves.next('End', 0)).toBe(2);
    expect(moves.next('ArrowRight', 5)).toBe(5);
    expect(new MarkMoves([]).next('ArrowRight', undefined)).toBeUndefined();
  });

  it('moves to the row above and below at the same place', () => {
    const moves = new MarkMoves(matrix);
    expect(moves.next('ArrowDown', 1)).toBe(4);
    expect(moves.next('ArrowUp', 4)).toBe(1);
  });

  it('follows numbers in rising order, whatever their order in the data', () => {
    const line = [3, 1, 2].map((x) => ({ x, value: x, n: 1 }));
    expect(new MarkMoves(line).next('ArrowRight', 1)).toBe(2);
    expect(new MarkMoves(line).next('End', 1)).toBe(0);
  });

  it('moves to the nearest place of a row that lacks it', () => {
    const lines = [
      { x: 1, series: 'a', value: 0, n: 1 },
      { x: 2, series: 'a', value: 0, n: 1 },
      { x: 3, series: 'a', value: 0, n: 1 },
      { x: 1, series: 'b', value: 0, n: 1 },
      { x: 2, series: 'b', value: 0, n: 1 },
    ];
    expect(new MarkMoves(lines).next('ArrowDown', 2)).toBe(4);
  });
});
