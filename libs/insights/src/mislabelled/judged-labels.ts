import type { Population } from '../population/population.js';

/** Samples of a class that are needed to judge one of its labels. */
export const MIN_CLASS_SIZE = 5;

/** Labels of classes with enough samples to judge them. */
export interface JudgedLabels {
  /** Rows with a judged label, rising. */
  readonly rows: Int32Array;
  /** Position of the label among the judged classes, −1 without one, [n] int32. */
  readonly classes: Int32Array;
  readonly classCount: number;
  /** Label of each judged class. */
  readonly labels: Int32Array;
  /** Labelled samples of classes with fewer samples. */
  readonly rare: number;
}

export function selectJudgedLabels({ labels }: Pick<Population, 'labels'>): JudgedLabels {
  const counts = new Map<number, number>();
  for (const label of labels!) if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  const judged = [...counts].filter(([, count]) => count >= MIN_CLASS_SIZE).map(([label]) => label);
  judged.sort((a, b) => a - b);
  const positions = new Map(judged.map((label, at) => [label, at]));
  const classes = labels!.map((label) => positions.get(label) ?? -1);
  const rows = Int32Array.from([...classes.keys()].filter((row) => classes[row]! >= 0));
  const labelled = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return {
    rows,
    classes,
    classCount: judged.length,
    labels: Int32Array.from(judged),
    rare: labelled - rows.length,
  };
}
