import type { InsightMember } from '@noema/contracts/noema/insights/v1/insight';

/** The samples of an audit that wait for a verdict, and the ones judged in this tab, the newest last. */
export interface AuditQueue {
  readonly next: readonly InsightMember[];
  readonly judged: readonly InsightMember[];
}

/** The queue of an audit that starts or resumes. */
export const startQueue = (next: readonly InsightMember[]): AuditQueue => ({ next, judged: [] });

/** Moves the first sample to the judged ones. */
export const judgeFirst = ({ next, judged }: AuditQueue): AuditQueue =>
  next[0] === undefined ? { next, judged } : { next: next.slice(1), judged: [...judged, next[0]] };

/** Brings the sample that was judged last back to the front. */
export function undoLast({ next, judged }: AuditQueue): AuditQueue {
  const last = judged.at(-1);
  return last === undefined ? { next, judged } : { next: [last, ...next], judged: judged.slice(0, -1) };
}

/**
 * Takes over the samples that the platform proposes. The one that a person looks at stays in front, and samples whose
 * verdicts are on their way do not come back.
 */
export function takeProposals({ next, judged }: AuditQueue, proposed: readonly InsightMember[]): AuditQueue {
  const first = next.slice(0, 1);
  const known = new Set([...first, ...judged].map(({ row }) => row));
  return { next: [...first, ...proposed.filter(({ row }) => !known.has(row))], judged };
}
