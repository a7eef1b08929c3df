import { expect, it } from 'vitest';
import { bar } from './progress.js';

it.each([
  [0, 0],
  [0.5, 12],
  [1, 24],
])('a share of %f fills %i of 24 blocks', (share, full) => {
  expect(bar(share)).toHaveLength(24);
  expect([...bar(share)].filter((c) => c === '█')).toHaveLength(full);
});
