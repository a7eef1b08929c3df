import type { WalkResult } from './walk-result.js';

/** One thing that the walk has to show: the figure and whether it is good enough. */
export interface Shown {
  readonly what: string;
  readonly atLeast: string;
  readonly measured: string;
  readonly met: boolean;
  /** True for figures that depend on the machine and its load: reported, but no reason to fail. */
  readonly machine?: boolean;
}

const WALL_SECONDS = 90;

/**
 * The table of what must be shown, filled with what was measured. `training` is false when the walk found its
 * run and trained nothing.
 */
export function visibleSummary(
  result: WalkResult,
  { points, trained }: { readonly points: number; readonly trained: boolean },
): Shown[] {
  const last = result.explorations.at(-1)!;
  const { nearest_class: nearest, similar, analysis, seconds } = result;
  const pairs = (a: string, b: string): boolean => nearest[a] === b || nearest[b] === a;
  const least = (what: string, measured: number, bound: number, digits = 3): Shown => ({
    what,
    atLeast: bound.toFixed(digits),
    measured: measured.toFixed(digits),
    met: measured >= bound,
  });
  return [
    {
      what: 'validation accuracy',
      atLeast: '97.0 %',
      measured: `${(result.validation_accuracy * 100).toFixed(2)} %`,
      met: result.validation_accuracy >= 0.97,
    },
    {
      what: 'maps made without being asked',
      atLeast: `one an epoch, ${points} points`,
      measured:
        `${result.explorations.length}, ` +
        `${[...new Set(result.explorations.map((e) => e.points))].join('/')} points`,
      met: result.explorations.every((e, i) => e.epoch === i + 1 && e.points === points),
    },
    least('10 nearest by vector: same label', last.label_agreement_vectors, 0.96),
    least('10 nearest in the map: same label', last.label_agreement_map, 0.96),
    least('trustworthiness (k = 15)', last.trustworthiness, 0.975),
    least('kNN overlap@15', last.knn_overlap, 0.29),
    { what: 'continuity', atLeast: 'printed', measured: last.continuity.toFixed(3), met: true },
    least('loss of misclassified digits over others', result.loss_ratio_misclassified, 20, 1),
    {
      what: 'look-alikes are nearest',
      atLeast: '4–9, and 7–9 or 1–7',
      measured: Object.entries(nearest)
        .map(([a, b]) => `${a}→${b}`)
        .join(' '),
      met: pairs('4', '9') && (pairs('7', '9') || pairs('1', '7')),
    },
    {
      what: `similar to a typical 6 (k = ${similar.k})`,
      atLeast: '22 are 6',
      measured: `${similar.same_label} are 6`,
      met: similar.same_label >= 22,
    },
    {
      what: 'recall against brute force',
      atLeast: '1.000',
      measured: similar.recall.toFixed(3),
      met: similar.recall === 1,
    },
    {
      what: 'heat map: deletion below random',
      atLeast: analysis.random_deletion.toFixed(3),
      measured: analysis.deletion.toFixed(3),
      met: analysis.deletion < analysis.random_deletion,
    },
    {
      what: 'heat map: insertion above random',
      atLeast: analysis.random_insertion.toFixed(3),
      measured: analysis.insertion.toFixed(3),
      met: analysis.insertion > analysis.random_insertion,
    },
    {
      what: 'wall time',
      machine: true,
      atLeast: `at most ${WALL_SECONDS} s, 2 idle cores`,
      measured: `${seconds['total']!.toFixed(1)} s${trained ? '' : ' (found its data)'}`,
      met: seconds['total']! <= WALL_SECONDS,
    },
  ];
}
