import type { DistanceGrowth } from '@noema/contracts/noema/explanations/v1/similarity_analysis';
import { expect, it } from 'vitest';
import { growthSentence } from './distance-growth.js';

it('says whether the shared area makes two samples alike, and nothing of one that was not checked', () => {
  const of = (deletion: number, randomDeletion: number) =>
    growthSentence({ deletion, randomDeletion } as DistanceGrowth);
  expect(of(4.126, 3.2)).toBe(
    'Checked by deletion: emptying it takes the two apart faster than random places do, a mean distance ' +
      'of 4.13 against 3.20.',
  );
  expect(of(3.21, 3.2)).toMatch(/no faster than random/);
  expect(of(2, 3.2)).toMatch(/no faster than random/);
  expect(growthSentence(undefined)).toBeUndefined();
});
