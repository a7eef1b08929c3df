import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { count } from '../../parts/numbers.js';
import { isMisclassified } from '../sample/misclassified.js';

/** How many of some samples have a label. */
export interface LabelCount {
  /** The class; -1 for those without a label. */
  readonly index: number;
  readonly name: string;
  readonly count: number;
  /** How many of them are misclassified. */
  readonly wrong: number;
}

type Judged = Pick<SampleEvaluation, 'trueClass' | 'trueClassName' | 'correct' | 'predictedClass'>;

/** Labels of some samples: that of the query first, then the most frequent. */
export function countLabels(evaluations: readonly Judged[], own: number): LabelCount[] {
  const counts = new Map<number, { index: number; name: string; count: number; wrong: number }>();
  for (const evaluation of evaluations) {
    const { trueClass, trueClassName } = evaluation;
    const name = trueClass < 0 ? 'without a label' : trueClassName === '' ? String(trueClass) : trueClassName;
    const entry = counts.get(trueClass) ?? { index: trueClass, name, count: 0, wrong: 0 };
    entry.count++;
    if (isMisclassified(evaluation)) entry.wrong++;
    counts.set(trueClass, entry);
  }
  const rank = ({ index }: { index: number }): number => (index === own && own >= 0 ? 0 : index < 0 ? 2 : 1);
  return [...counts.values()].sort((a, b) => rank(a) - rank(b) || b.count - a.count || a.index - b.index);
}

/** Labels that are named one by one. */
const NAMED = 4;

/** The same in a sentence: `4 of 25 are 4, 19 are 9, 2 are of 2 other labels`; empty for none. */
export function countSentence(counts: readonly LabelCount[]): string {
  const total = counts.reduce((sum, { count: n }) => sum + n, 0);
  if (total === 0) return '';
  const named = counts.length <= NAMED + 1 ? counts : counts.slice(0, NAMED);
  const others = counts.slice(named.length);
  const parts = named.map(
    ({ count: n, name }, at) =>
      `${at === 0 ? `${count(n)} of ${count(total)}` : count(n)} ${n === 1 ? 'is' : 'are'} ${name}`,
  );
  if (others.length > 0)
    parts.push(
      `${count(others.reduce((sum, { count: n }) => sum + n, 0))} are of ${others.length} other labels`,
    );
  return parts.join(', ');
}
