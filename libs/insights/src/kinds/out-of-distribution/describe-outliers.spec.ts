import { expect, it } from 'vitest';
import type { Population } from '../../population/population.js';
import { describeOutliers, type Verdict } from './describe-outliers.js';

/** Describes the first `members` of n tested samples; the label of each is given, the model predicts 0. */
const describeFirst = (members: number, labels: Int32Array, q = 0.1) =>
  describeSome(
    {
      ...{ n: labels.length, task: 'multi-class', classNames: ['cat', 'dog'] },
      ...{ labels, predicted: new Int32Array(labels.length) },
    },
    members,
    q,
  );

function describeSome(
  own: Pick<Population, 'n' | 'task' | 'classNames' | 'labels' | 'predicted' | 'losses'>,
  members: number,
  q = 0.1,
) {
  const { n } = own;
  const population: Population = {
    ...own,
    splits: ['test'],
    splitCodes: new Uint8Array(n),
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
      seed: 0,
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

it('samples without classes cost losses, or are a share of all where there are none', () => {
  const losses = Float32Array.of(9, 8, 7, 1, 2, 3, 1, 2, 3, NaN);
  const of = (own: Partial<Population>, members = 3) =>
    describeSome({ n: losses.length, task: 'regression', classNames: [], ...own }, members);
  const known = of({ losses });
  expect(known.sentence).toContain('Their mean loss is 8, where the rest has 2.');
  expect(known.effect).toMatchObject({ measure: 'mean loss', inside: 8, insideCount: 3, outsideCount: 6 });
  expect(known.severity).toMatchObject({ unit: 'loss', level: 3 });
  expect(known.severity.share).toBeCloseTo((3 / 9) * (known.effect!.interval.low / 4), 6);
  expect(of({ losses }, 1).sentence).toContain('Its loss is 9, where the rest has 3.38.');
  const unknown = of({});
  expect(unknown.severity).toEqual({ share: 0.3, unit: 'samples', level: 3 });
  for (const { sentence, remarks } of [known, unknown])
    expect([sentence, ...remarks].join(' ')).not.toMatch(/misclassified|[Ll]abel/);
});
