import { wilsonInterval } from '@noema/evaluation';
import type { Verdict } from './verdict.js';

/** Parts of the order; each of them gets some verdicts. */
const SHELLS = 13;
const PER_SHELL = 10;
/** Largest share of right samples above the cut. */
const Q = 0.1;
const CONFIDENCE = 0.95;

/** Verdicts in the order of the members, undefined without a verdict. */
export type OrderedVerdicts = readonly (Verdict | undefined)[];

/** Result of the verdicts on an insight. */
export interface AuditSummary {
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
}

/**
 * Summarises verdicts. The order is divided into shells of equal size; `cut` is the end of the deepest shell down to
 * which the share of right samples is at most q, with a one-sided bound of 95 % (Clopper & Pearson 1934). A shell
 * counts once it has 10 verdicts, or all.
 */
export function summariseAudit(verdicts: OrderedVerdicts): AuditSummary {
  const n = verdicts.length;
  let [cut, bound, isOpen] = [0, 1, false];
  let [wrong, right] = [0, 0];
  for (const { from, to } of toShells(n)) {
    const judged = verdicts.slice(from, to);
    if (judged.filter(Boolean).length < Math.min(PER_SHELL, to - from)) {
      isOpen = true;
      break;
    }
    wrong += judged.filter((one) => one === 'wrong').length;
    right += judged.filter((one) => one === 'right').length;
    // Without a doubt if every sample is judged.
    const isComplete = verdicts.slice(0, to).every(Boolean);
    const upper = isComplete ? right / Math.max(1, wrong + right) : boundShare(right, wrong + right);
    if (upper <= Q) [cut, bound] = [to, upper];
    else if (cut === 0) bound = upper;
  }
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  const [allWrong, allRight] = [count('wrong'), count('right')];
  const share = wilsonInterval(allWrong, allWrong + allRight);
  return {
    wrong: allWrong,
    right: allRight,
    unsure: count('unsure'),
    q: Q,
    bound,
    cut,
    done: !isOpen,
    wrongShareLow: share.low,
    wrongShareHigh: share.high,
    sentence: describe({ wrong: allWrong, right: allRight, n, cut, bound }),
  };
}

/** Positions to judge next: of the first shell without enough verdicts, at even distances. */
export function chooseNext(verdicts: OrderedVerdicts, size: number): number[] {
  const next: number[] = [];
  for (const { from, to } of toShells(verdicts.length)) {
    const wanted = Math.min(PER_SHELL, to - from);
    const judged = verdicts.slice(from, to).filter(Boolean).length;
    const open = Array.from({ length: to - from }, (_, i) => from + i).filter((at) => !verdicts[at]);
    const missing = Math.max(0, wanted - judged);
    for (let i = 0; i < missing && next.length < size; i++)
      next.push(open[Math.floor(((i + 0.5) * open.length) / missing)]!);
  }
  return next;
}

/** At most 13 parts of the order of about the same size, none smaller than 10. */
function toShells(n: number): { readonly from: number; readonly to: number }[] {
  const count = Math.max(1, Math.min(SHELLS, Math.floor(n / PER_SHELL)));
  return Array.from({ length: count }, (_, shell) => ({
    from: Math.floor((shell * n) / count),
    to: Math.floor(((shell + 1) * n) / count),
  }));
}

/** Upper end of the one-sided exact interval of a share, by bisection of the binomial distribution. */
export function boundShare(successes: number, trials: number): number {
  if (trials === 0 || successes >= trials) return 1;
  let [low, high] = [successes / trials, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (binomialCdf(successes, trials, middle) > 1 - CONFIDENCE) low = middle;
    else high = middle;
  }
  return high;
}

function binomialCdf(successes: number, trials: number, p: number): number {
  let [log, sum] = [trials * Math.log1p(-p), 0];
  for (let k = 0; k <= successes; k++) {
    sum += Math.exp(log);
    log += Math.log((trials - k) / (k + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return sum;
}

function describe(result: {
  readonly wrong: number;
  readonly right: number;
  readonly n: number;
  readonly cut: number;
  readonly bound: number;
}): string {
  const { wrong, right, n, cut, bound } = result;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const judged = `${wrong} of ${wrong + right} judged samples are wrong`;
  if (wrong + right === 0) return `None of ${n} samples is judged yet.`;
  return cut === 0
    ? `${judged}; no cut keeps the share of right samples at ${percent(Q)}.`
    : `${judged}; of the first ${cut} of ${n} samples at most ${percent(bound)} are right, with 95 % confidence.`;
}
