import { type Finding, runAudit, type Verdict } from '@noema/insights';

/** Labels of all samples, and the weight of each one in training. */
export interface TrainingLabels {
  /** [n] int32; −1 for a sample that is left out. */
  readonly labels: Int32Array;
  /** [n] float32 */
  readonly weights: Float32Array;
}

/** Exports of an insight about wrong labels, without and after an audit. */
export const LABEL_ACTIONS = ['relabel', 'prune', 'weights', 'audited relabel', 'audited prune'] as const;
export type LabelAction = (typeof LABEL_ACTIONS)[number];

/** Largest share of right labels above the cut of an audit. */
const Q = 0.1;

/**
 * Applies an export of the finding to labels, as `ExportService` of the insights service writes it: all listed samples,
 * or after an audit those above its cut and those judged as wrong, without those judged as right. The weight is
 * 1 − score. `isWrong` is the person who judges.
 */
export function applyAction(
  action: LabelAction,
  finding: Finding | undefined,
  { labels, isWrong, seed }: { labels: Int32Array; isWrong: (row: number) => boolean; seed: number },
): TrainingLabels {
  const changed = { labels: labels.slice(), weights: new Float32Array(labels.length).fill(1) };
  if (finding === undefined) return changed;
  const { members, suggestedLabels, scores } = finding;
  const positions = action.startsWith('audited')
    ? selectAudited(members, isWrong, seed)
    : [...members.keys()];
  for (const at of positions) {
    const row = members[at]!;
    if (action.endsWith('relabel')) changed.labels[row] = suggestedLabels![at]!;
    else if (action.endsWith('prune')) changed.labels[row] = -1;
    else changed.weights[row] = 1 - scores![at]!;
  }
  return changed;
}

/** Positions of the samples on which people may act after an audit by keys. */
function selectAudited(members: Int32Array, isWrong: (row: number) => boolean, seed: number): number[] {
  const verdicts = new Map<number, Verdict>();
  for (;;) {
    const { cut, next, done } = runAudit({ members: members.length, seed, q: Q, verdicts });
    for (const position of next) verdicts.set(position, isWrong(members[position]!) ? 'wrong' : 'right');
    if (done)
      return [...members.keys()].filter((at) => (verdicts.has(at) ? verdicts.get(at) === 'wrong' : at < cut));
  }
}
