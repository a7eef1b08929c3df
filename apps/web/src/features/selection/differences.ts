import type { MetadataDifference } from '@noema/contracts/noema/datasets/v1/metadata_difference';
import type { ConfusionCell, EvaluationSummary } from '@noema/contracts/noema/training/v1/evaluation_summary';
import { part as text, value as numberText } from '../../parts/numbers.js';
import type { Pair } from './paired-bars.view.js';

const computeShare = (count: number, all: number): number => (all === 0 ? 0 : count / all);

/** Losses of both groups by bin, as shares. */
export function lossPairs(selected: EvaluationSummary, rest: EvaluationSummary): Pair[] {
  return selected.losses.map(({ low, high, count }, i) => {
    const [a, b] = [
      computeShare(count, selected.lossCount),
      computeShare(rest.losses[i]?.count ?? 0, rest.lossCount),
    ];
    return {
      label: String(i),
      selected: a,
      rest: b,
      title:
        `loss ${numberText(low)} to ${numberText(high)}: ${text(a)} of the selection, ${text(b)} of the ` +
        'rest',
    };
  });
}

/** Labels of both groups, those most over-represented in the selection first; at most `most`. */
export function labelPairs(
  selected: EvaluationSummary,
  rest: EvaluationSummary,
  names: readonly string[],
  most = 10,
): Pair[] {
  const others = new Map(rest.classes.map((one) => [one.classIndex, one.trueCount]));
  const all = (summary: EvaluationSummary): number =>
    summary.classes.reduce((sum, one) => sum + one.trueCount, 0);
  const [selectedAll, restAll] = [all(selected), all(rest)];
  return selected.classes
    .filter(({ trueCount }) => trueCount > 0)
    .sort((a, b) => b.trueCount - a.trueCount)
    .slice(0, most)
    .map(({ classIndex, trueCount }) => {
      const [a, b] = [
        computeShare(trueCount, selectedAll),
        computeShare(others.get(classIndex) ?? 0, restAll),
      ];
      const label = names[classIndex] ?? String(classIndex);
      return {
        label,
        selected: a,
        rest: b,
        title: `${label}: ${trueCount} selected, ${text(a)} of the selection, ${text(b)} of the rest`,
      };
    });
}

/** The most common misclassifications, most frequent first. */
export const confusions = (cells: readonly ConfusionCell[], most = 6): ConfusionCell[] =>
  cells
    .filter(({ trueClass, predictedClass }) => trueClass >= 0 && trueClass !== predictedClass)
    .sort((a, b) => b.count - a.count)
    .slice(0, most);

/** Values of a metadata column in both groups, as shares. */
export function metadataPairs(
  { bins, type: _ }: MetadataDifference,
  selectedCount: number,
  restCount: number,
): Pair[] {
  return bins.map(({ value, low, high, selectedCount: a, restCount: b }) => {
    const label = value === '' ? `${numberText(low)} to ${numberText(high)}` : value;
    return {
      label,
      selected: computeShare(a, selectedCount),
      rest: computeShare(b, restCount),
      title:
        `${label}: ${text(computeShare(a, selectedCount))} of the selection, ${text(computeShare(b, restCount))} of ` +
        'the rest',
    };
  });
}

/**
 * Whether a column says the same as the labels, which are shown already: their name, or a column with the
 * same counts as theirs, one value a class.
 */
export function repeatsLabels(
  { name, bins }: MetadataDifference,
  evaluations:
    | { readonly selected?: EvaluationSummary | undefined; readonly rest?: EvaluationSummary | undefined }
    | undefined,
): boolean {
  const { selected, rest } = evaluations ?? {};
  if (selected === undefined || rest === undefined || selected.classes.length + rest.classes.length === 0)
    return false;
  if (name === 'class_name') return true;
  const toTrueCounts = ({ classes }: EvaluationSummary): ReadonlyMap<number, number> =>
    new Map(classes.map(({ classIndex, trueCount }) => [classIndex, trueCount]));
  const [own, others] = [toTrueCounts(selected), toTrueCounts(rest)];
  const ofClasses = [...new Set([...own.keys(), ...others.keys()])].map(
    (index) => `${own.get(index) ?? 0} ${others.get(index) ?? 0}`,
  );
  const ofValues = bins.map(({ selectedCount, restCount }) => `${selectedCount} ${restCount}`);
  const counted = (counts: readonly string[]): string =>
    counts
      .filter((pair) => pair !== '0 0')
      .sort()
      .join();
  return counted(ofClasses) === counted(ofValues);
}

/** A p-value as people read it. */
export const chance = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${numberText(p)}`);
