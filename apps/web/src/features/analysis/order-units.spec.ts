import { expect, it } from 'vitest';
import { orderUnits } from './order-units.js';

const order = (...amounts: readonly number[]) => orderUnits(amounts, (amount) => amount);

it('orders units by size whatever the sign, without units that contribute nothing', () => {
  expect(order(0.1, 0, -0.8, 0.3)).toEqual([-0.8, 0.3, 0.1]);
});

it('keeps all units of a layer in which none contributes', () => {
  expect(order(0, 0)).toEqual([0, 0]);
});
