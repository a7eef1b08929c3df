import { describe, expect, it } from 'vitest';
import type { Population } from '../population/population.js';
import { defaultRecipe } from '../recipe.js';
import { runInsights } from '../run-insights.js';
import { countForgetting } from './forgotten.kind.js';

/** A population of one class 0 and its predictions after each epoch; undefined for an epoch without predictions. */
function toPopulation(
  labels: readonly number[],
  epochs: readonly (readonly number[] | undefined)[],
): Population {
  const n = labels.length;
  return {
    n,
    task: 'multi-class',
    classNames: ['a', 'b'],
    splitCodes: new Uint8Array(n),
    splits: ['training'],
    labels: Int32Array.from(labels),
    predicted: Int32Array.from(epochs.at(-1) ?? []),
    history: epochs.map((said, at) => ({
      epoch: at + 1,
      losses: new Float32Array(n),
      predicted: said && Int32Array.from(said),
    })),
    spaces: [],
    metadata: [],
  };
}

describe('forgotten', () => {
  it('counts turns from correct to misclassified, of samples with a label', () => {
    const population = toPopulation(
      [0, 0, -1],
      [
        [0, 1, 0],
        [1, 0, 1],
        [0, 0, 0],
        [1, 1, 1],
      ],
    );
    expect(countForgetting(population)).toEqual(Float32Array.of(2, 1, 0));
  });

  it('passes over epochs without a prediction', () => {
    // A gap is neither correct nor misclassified: the sample is lost once, when it is next predicted.
    const population = toPopulation([0, 0], [[0, 0], undefined, [0, -1], [0, 1]]);
    expect(countForgetting(population)).toEqual(Float32Array.of(0, 1));
  });

  it('says from which number of epochs a sample can be forgotten', async () => {
    const [outcome] = await runInsights(toPopulation([0], [[0], [1]]), defaultRecipe(['forgotten']));
    expect(outcome).toMatchObject({
      state: 'done',
      report: {
        findings: [],
        remarks: ['A sample can be forgotten 2 times from 4 epochs on; 2 have predictions.'],
      },
    });
  });

  it('counts epochs with predictions, and no sample as misclassified that has no prediction now', async () => {
    const lost = [[0, 0], undefined, [1, 1], [0, 0], [1, 1], [1, -1]];
    const [outcome] = await runInsights(toPopulation([0, 0], lost), defaultRecipe(['forgotten']));
    if (outcome?.state !== 'done') throw new Error('not done');
    expect(outcome.report.findings[0]).toMatchObject({
      sentence:
        '2 of 2 labeled samples turned from correct to misclassified at least 2 times in 5 epochs; 1 of them are ' +
        'misclassified now.',
      numbers: { epochs: 5, misclassifiedNow: 1 },
    });
  });

  it('is skipped after a single epoch', async () => {
    const [outcome] = await runInsights(toPopulation([0], [[0]]), defaultRecipe(['forgotten']));
    expect(outcome).toMatchObject({ state: 'skipped' });
  });

  it('orders 30,000 forgotten samples by count, then row', async () => {
    const n = 30_000;
    const said = (epoch: number) =>
      Array.from({ length: n }, (_, row) => (epoch % 2 === 1 && (epoch < 4 || row % 3 === 0) ? 1 : 0));
    const epochs = [0, 1, 2, 3, 4, 5].map(said);
    const [outcome] = await runInsights(
      toPopulation(new Array<number>(n).fill(0), epochs),
      defaultRecipe(['forgotten']),
    );
    if (outcome?.state !== 'done') throw new Error('not done');
    const [finding] = outcome.report.findings;
    expect(finding!.members).toHaveLength(n);
    expect([...finding!.members.subarray(0, 2), finding!.members[n / 3]]).toEqual([0, 3, 1]);
    expect(finding!.sentence).toBe(
      '30,000 of 30,000 labeled samples turned from correct to misclassified at least 2 times in 6 epochs; 10,000 ' +
        'of them are misclassified now.',
    );
  });
});
