import { formatCount, formatShare, runAudit } from '@noema/insights';
import type { Insight, InsightState } from '../insight/insight.js';
import type { Verdict } from './verdict.js';

/** Largest share of right samples above the cut. */
const Q = 0.1;
/** Of the draw of the samples to judge. It stays, so that a person who comes back goes on. */
const SEED = 0;

/** Verdicts in the order of the members, undefined without a verdict. */
export type OrderedVerdicts = readonly (Verdict | undefined)[];

/** Result of the verdicts on an insight. */
export interface AuditSummary {
  /** Verdicts on all samples, drawn or not. */
  readonly wrong: number;
  readonly right: number;
  readonly unsure: number;
  readonly q: number;
  readonly bound: number;
  readonly cut: number;
  readonly done: boolean;
  readonly wrongShareLow: number;
  readonly wrongShareHigh: number;
  readonly sentence: string;
  /** Positions to judge next. */
  readonly next: readonly number[];
}

/** Puts verdicts by row into the order of the members. */
export const orderVerdicts = (rows: Int32Array, verdicts: ReadonlyMap<number, Verdict>): OrderedVerdicts =>
  Array.from(rows, (row) => verdicts.get(row));

/**
 * State of an insight that no member has approved, dismissed or fixed. Verdicts audit it; a hint stays a hint until
 * they bear it out for the first samples.
 */
export function restingState(
  { foundState }: Pick<Insight, 'foundState'>,
  verdicts: OrderedVerdicts,
): InsightState {
  if (verdicts.every((verdict) => verdict === undefined)) return foundState;
  return foundState === 'hint' && summariseAudit(verdicts).cut === 0 ? 'hint' : 'audited';
}

/** Evaluates the verdicts on an insight, see `runAudit`. */
export function summariseAudit(verdicts: OrderedVerdicts): AuditSummary {
  const judged = new Map(
    [...verdicts.entries()].filter((one): one is [number, Verdict] => one[1] !== undefined),
  );
  const result = runAudit({ members: verdicts.length, seed: SEED, q: Q, verdicts: judged });
  const { cut, bound, done, next, wrongShare } = result;
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  const counts = { wrong: count('wrong'), right: count('right'), unsure: count('unsure') };
  return {
    ...counts,
    ...{ q: Q, cut, bound, done, next },
    wrongShareLow: wrongShare.low,
    wrongShareHigh: wrongShare.high,
    sentence: describe({ ...counts, members: verdicts.length, cut, bound, done }),
  };
}

function describe(result: {
  readonly wrong: number;
  readonly right: number;
  readonly unsure: number;
  readonly members: number;
  readonly cut: number;
  readonly bound: number;
  readonly done: boolean;
}): string {
  const { wrong, right, unsure, members, cut, bound, done } = result;
  const judged = wrong + right + unsure;
  if (judged === 0) return `None of ${formatCount(members)} samples is judged yet.`;
  const claim = `${formatCount(wrong)} of ${formatCount(judged)} judged samples are wrong`;
  if (cut > 0)
    return (
      `${claim}; of the first ${formatCount(cut)} of ${formatCount(members)} samples at most ` +
      `${formatShare(bound)} are right.`
    );
  return done
    ? `${claim}; no cut keeps the share of right samples at ${formatShare(Q)}.`
    : `${claim}; more verdicts are needed for a cut.`;
}
