import { benjaminiYekutieli, normalCdf, normalQuantile } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';
import { expect, it } from 'vitest';
import { confidenceAfterSelection } from './confidence-after-selection.js';

/** Mean share of the intervals of selected effects that miss, in 2,000 experiments of 20 normal estimates. */
function missAfterSelection(choose: (selected: number, tried: number) => number): number {
  const [runs, tried, sharing] = [2000, 20, 0.5];
  let sum = 0;
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(run, 31);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    // Groups that share samples go up and down together.
    const common = normal();
    const effects = Array.from({ length: tried }, (_, at) => (at < 15 ? 1.5 : 0));
    const estimates = effects.map(
      (effect) => effect + Math.sqrt(sharing) * common + Math.sqrt(1 - sharing) * normal(),
    );
    const adjusted = benjaminiYekutieli(estimates.map((estimate) => 1 - normalCdf(estimate)));
    const selected = [...adjusted.keys()].filter((at) => adjusted[at]! <= 0.1);
    if (selected.length === 0) continue;
    const half = normalQuantile((1 + choose(selected.length, tried)) / 2);
    const missed = selected.filter((at) => Math.abs(estimates[at]! - effects[at]!) > half);
    sum += missed.length / selected.length;
  }
  return sum / runs;
}

it('intervals of selected effects miss in at most 5 %, where plain ones miss more often', () => {
  expect(missAfterSelection(confidenceAfterSelection)).toBeLessThan(0.05);
  expect(missAfterSelection(() => 0.95)).toBeGreaterThan(0.05);
});
