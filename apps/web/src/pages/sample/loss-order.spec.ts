import { Filter } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { after, before } from './loss-order.js';

const losses = [0.5, 7.25, 0, 0, 3e-9, 0, Number.MIN_VALUE, 7.25];
const found = (filter: string) =>
  losses
    .map((_, row) => row)
    .filter((row) =>
      Filter.of(filter, { loss: 'number', row: 'number' }).matches((name) =>
        name === 'row' ? row : losses[row],
      ),
    );

describe('the order of the loss', () => {
  it('has every other sample on exactly one side, whichever losses are equal', () => {
    losses.forEach((loss, row) => {
      const sides = [
        ...found(before({ row, loss, hasLoss: true }).filter),
        ...found(after({ row, loss, hasLoss: true }).filter),
      ];
      expect(sides.sort((a, b) => a - b)).toEqual(
        losses.map((_, other) => other).filter((other) => other !== row),
      );
    });
  });

  it('puts the lower row first among equal losses', () => {
    expect(found(before({ row: 3, loss: 0, hasLoss: true }).filter)).toContain(2);
    expect(found(after({ row: 3, loss: 0, hasLoss: true }).filter)).toEqual([5]);
  });

  it('goes by row where there is no loss', () => {
    expect(before({ row: 3, loss: 0, hasLoss: false })).toEqual({ filter: 'row < 3', orderBy: 'row desc' });
  });
});
