import { expect, it } from 'vitest';
import { planCascade, toResult } from './sanity-check.js';

it(
  'weights become random from the output to the input, in at most twelve steps that end at the first ' +
    'layer',
  () => {
    expect(planCascade(['conv', 'dense', 'out'])).toEqual(['out', 'dense', 'conv']);
    expect(planCascade(['only'])).toEqual(['only']);
    const deep = planCascade(Array.from({ length: 53 }, (_, i) => `l${i}`));
    expect(deep).toHaveLength(12);
    expect(deep.at(-1)).toBe('l0');
    expect(new Set(deep).size).toBe(12);
  },
);

it('an algorithm passes when its drawn maps do not outlive the weights', () => {
  const step = (rankCorrelation: number) => ({ layer: 'x', rankCorrelation, sizeRankCorrelation: 1 });
  expect(toResult('grad-cam', [step(0.9), step(0.2)]).passed).toBe(true);
  expect(toResult('grad-cam', [step(0.1), step(0.5)]).passed).toBe(false);
  expect(toResult('grad-cam', []).passed).toBe(false);
});
