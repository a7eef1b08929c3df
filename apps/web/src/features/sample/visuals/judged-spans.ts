import type { StoredSpan } from '@noema/integration/visuals';

/** A span with its outcome, where there are both ground truth and predictions. */
export interface JudgedSpan extends StoredSpan {
  /** Ground truth that is predicted or not, or a prediction that is not ground truth. */
  readonly outcome?: 'found' | 'missed' | 'wrong';
}

/**
 * The spans with their outcomes: a prediction with the place and the class of one of the ground truth is that one.
 * Unchanged without predictions or without ground truth.
 */
export function judgeSpans(spans: readonly StoredSpan[]): readonly JudgedSpan[] {
  const [truths, predictions] = [
    spans.filter(({ predicted }) => predicted !== true),
    spans.filter(({ predicted }) => predicted === true),
  ];
  if (truths.length === 0 || predictions.length === 0) return spans;
  const toKey = ({ start, end, label }: StoredSpan): string => `${start} ${end} ${label}`;
  const [known, said] = [new Set(truths.map(toKey)), new Map(predictions.map((span) => [toKey(span), span]))];
  return [
    ...truths.map((span): JudgedSpan => {
      const score = said.get(toKey(span))?.score;
      return {
        ...span,
        outcome: said.has(toKey(span)) ? 'found' : 'missed',
        ...(score !== undefined && { score }),
      };
    }),
    ...predictions
      .filter((span) => !known.has(toKey(span)))
      .map((span): JudgedSpan => ({ ...span, outcome: 'wrong' })),
  ];
}
