import { expect, it } from 'vitest';
import type { Population } from '../../population/population.js';
import { describeOutliers, type Verdict } from './describe-outliers.js';

/** Describes the first `members` of n tested samples; the label of each is given, the model predicts 0. */
function describeFirst(members: number, labels: Int32Array, q = 0.1) {
  const n = labels.length;
  const population: Population = {
    n,
    task: 'multi-class',
    classNames: ['cat', 'dog'],
    splits: ['test'],
    splitCodes: new Uint8Array(n),
    labels,
    predicted: new Int32Array(n),
    history: [],
    spaces: [],
    metadata: [],
  };
  const verdicts = new Map<number, Verdict>();
  for (let row = 0; row < n; row++)
    verdicts.set(row, { pValue: (row + 1) / (n + 1), qValue: (row + 1) / n, score: n - row, byView: [0.01] });
  return describeOutliers(
    Array.from({ length: members }, (_, row) => row),
    { state: 'hint', isGroup: false },
    {
      population,
      views: [{ title: 'early', depth: 0 }],
      verdicts,
      explain: () => [],
      sure: { count: 0, falseAtMost: 0 },
      q,
    },
  );
}

it('a hint has the share of false ones that its recipe allows', () => {
  const labels = Int32Array.of(1, 1, 0, 0);
  expect(describeFirst(2, labels, 0.3).sentence).toContain(
    'On average, up to 30% of such samples are ordinary.',
  );
});

it('errors are compared only where members and others have labels', () => {
  const both = describeFirst(2, Int32Array.of(1, 0, 0, 0, 1, 0));
  expect(both.sentence).toContain('Of 2 with a label, 50% are misclassified, where the rest has 25%.');
  expect(both.effect).toMatchObject({ inside: 0.5, outside: 0.25, insideCount: 2, outsideCount: 4 });
  for (const labels of [Int32Array.of(1, 0, -1, -1), Int32Array.of(-1, -1, 1, 0)]) {
    const { sentence, effect, remarks } = describeFirst(2, labels);
    expect(sentence).not.toContain('misclassified');
    expect(effect).toBeUndefined();
    expect(remarks.join(' ')).toContain('unknown');
  }
});
