import { expect, it } from 'vitest';
import { createShuffle } from './shuffle-sides.js';

const sides = Uint8Array.from({ length: 40 }, (_, row) => Number(row >= 20));

it('shuffled sides keep the mix of classes', () => {
  const classes = Int32Array.from(sides, (_, row) => (row % 7 === 0 ? 1 : 0));
  const count = (some: Uint8Array): number =>
    some.reduce((sum, side, row) => sum + Number(side === 1 && classes[row] === 1), 0);
  const shuffle = createShuffle(sides, { classes, groups: undefined }, 0);
  const [into, seen] = [sides.slice(), new Set<string>()];
  for (let at = 0; at < 20; at++) {
    shuffle(into);
    expect(count(into)).toBe(count(sides));
    seen.add(into.join(''));
  }
  expect(seen.size).toBe(20);
});

it('shuffled sides keep groups together', () => {
  const groups = Int32Array.from(sides, (_, row) => Math.floor(row / 5));
  const shuffle = createShuffle(sides, { classes: new Int32Array(40), groups }, 0);
  const into = sides.slice();
  for (let at = 0; at < 20; at++) {
    shuffle(into);
    for (let row = 0; row < 40; row++) expect(into[row]).toBe(into[5 * groups[row]!]);
    expect(into.reduce((sum, side) => sum + side, 0)).toBe(20);
  }
});
