import type { Interval } from '@noema/evaluation';
import { drawShells, MAX_VERDICTS, type Shell, VERDICTS_PER_SHELL } from './shells.js';

/** Verdict of a person on a sample: the claim is true of it, false of it, or the person cannot say. */
export type Verdict = 'wrong' | 'right' | 'unsure';

export interface AuditInput {
  /** Number of samples in the ranking, the most suspicious first. */
  readonly members: number;
  /** Of the draw of the samples to judge. */
  readonly seed: number;
  /** Largest share of right samples above the cut that is allowed. */
  readonly q: number;
  /** Verdicts by position in the ranking. Positions that were not drawn have no part in the result. */
  readonly verdicts: ReadonlyMap<number, Verdict>;
}

export interface AuditResult {
  /** Verdicts on samples that were drawn. */
  readonly wrong: number;
  readonly right: number;
  readonly unsure: number;
  /** Samples from the top of which at most the share q is right; 0 without such a number. */
  readonly cut: number;
  /** Upper bound of the share of right samples above the cut; without a cut, to the last judged shell, or 1. */
  readonly bound: number;
  /** Positions to judge next, in the order in which they are shown. Empty when the audit is done. */
  readonly next: readonly number[];
  readonly done: boolean;
  /**
   * Share of wrong samples among all members, 95 %; unsure ones count as right. Shells without verdicts may have any
   * share.
   */
  readonly wrongShare: Interval;
  /**
   * Share of the wrong samples of the ranking that lie above the cut; undefined without a cut. A shell without verdicts
   * is assumed to have no larger share of wrong samples than the last judged one.
   */
  readonly recall: Interval | undefined;
}

/** Standard normal quantiles: of the bound of the cut, and of 95 % intervals. */
const [Z_BOUND, Z_INTERVAL] = [1.645, 1.96];
/** Shells that are judged in any case: two of them cannot reach a bound of 0.1 without a single right sample. */
const MIN_SHELLS = 3;
/** Further verdicts on a shell at a time. */
const STEP = 5;

/**
 * Evaluates the verdicts of an audit. The cut is the end of the deepest shell where the upper bound of the number of
 * right samples from the top, Σ w p̂ + 1.645 √(Σ w² p̂ (1 − p̂) / (m + 1)), is at most q Σ w, with
 * p̂ = (c + ½) / (m + 1) for c right ones of m verdicts on a shell of w samples; judged samples count as judged. A
 * sample on which a person is unsure counts as right.
 *
 * At first each shell has ten verdicts, shell after shell while the estimated share of right samples from the top is at
 * most q. Then verdicts go where they help: to the deepest shell whose estimate, but not its bound, is at most q, five
 * at a time on the shell that adds most to the deviation, up to 130 in all.
 */
export function runAudit({ members, seed, q, verdicts }: AuditInput): AuditResult {
  const { judged, next, asked } = followAudit(drawShells(members, seed), q, verdicts);
  const deepest = findCut(judged, q);
  const cut = deepest === 0 ? 0 : judged[deepest - 1]!.end;
  return {
    ...countVerdicts(asked, verdicts),
    cut,
    bound: judged.length === 0 ? 1 : boundShare(deepest === 0 ? judged : judged.slice(0, deepest)),
    next,
    done: next.length === 0,
    wrongShare: estimateWrongShare(judged, members),
    recall: cut > 0 ? estimateRecall(judged, cut, members) : undefined,
  };
}

interface Progress {
  readonly judged: readonly JudgedShell[];
  readonly next: readonly number[];
  /** Positions that a person was asked about so far, with `next`. */
  readonly asked: readonly number[];
}

/** Repeats an audit with its verdicts up to the first samples without one. */
function followAudit(shells: readonly Shell[], q: number, verdicts: AuditInput['verdicts']): Progress {
  const judged: JudgedShell[] = [];
  const asked: number[] = [];
  /** Asks about samples of a shell; returns those without a verdict. */
  const ask = ({ sample }: Shell, from: number, to: number): number[] => {
    asked.push(...sample.slice(from, to));
    return sample.slice(from, to).filter((position) => !verdicts.has(position));
  };
  for (const shell of shells) {
    if (judged.length >= MIN_SHELLS && estimateRight(judged) > q * shell.start) break;
    const next = ask(shell, 0, VERDICTS_PER_SHELL);
    if (next.length > 0) return { judged, next, asked };
    judged.push(judgeShell(shell, verdicts, VERDICTS_PER_SHELL));
  }
  while (asked.length < MAX_VERDICTS) {
    const at = findWidest(judged.slice(0, findTarget(judged, q)));
    if (at === -1) break;
    const from = judged[at]!.verdicts;
    const to = from + Math.min(STEP, MAX_VERDICTS - asked.length);
    const next = ask(shells[at]!, from, to);
    if (next.length > 0) return { judged, next, asked };
    judged[at] = judgeShell(shells[at]!, verdicts, to);
  }
  return { judged, next: [], asked };
}

/** Number of shells above the cut. */
const findCut = (judged: readonly JudgedShell[], q: number): number =>
  judged.findLastIndex((_, at) => boundShare(judged.slice(0, at + 1)) <= q) + 1;

/** Number of shells to the deepest one below the cut whose estimate is at most q; 0 without such a one. */
function findTarget(judged: readonly JudgedShell[], q: number): number {
  const cut = findCut(judged, q);
  const at = judged.findLastIndex(
    ({ end }, index) => index >= cut && estimateRight(judged.slice(0, index + 1)) <= q * end,
  );
  return at + 1;
}

/** The shell where further verdicts narrow the bound most, −1 if all are judged completely. */
function findWidest(judged: readonly JudgedShell[]): number {
  let [best, most] = [-1, 0];
  for (const [at, { size, verdicts, right }] of judged.entries()) {
    const share = (right + 0.5) / (verdicts + 1);
    const rest = Math.max(0, size - verdicts);
    const gain = rest * size * share * (1 - share) * (1 / (verdicts + 1) - 1 / (verdicts + 1 + STEP));
    if (gain > most) [best, most] = [at, gain];
  }
  return best;
}

const estimateRight = (judged: readonly JudgedShell[]): number =>
  judged.reduce((sum, { size, right, verdicts }) => sum + (size * right) / verdicts, 0);

/** Upper bound of the share of right samples in the shells from the top. */
function boundShare(judged: readonly JudgedShell[]): number {
  const { mean, deviation } = sumRight(judged);
  return Math.min(1, (mean + Z_BOUND * deviation) / judged.at(-1)!.end);
}

interface JudgedShell {
  readonly size: number;
  readonly end: number;
  readonly verdicts: number;
  /** Verdicts other than wrong. */
  readonly right: number;
}

function judgeShell(
  { start, end, sample }: Shell,
  verdicts: AuditInput['verdicts'],
  count: number,
): JudgedShell {
  const judged = sample.slice(0, count);
  const right = judged.filter((position) => verdicts.get(position) !== 'wrong').length;
  return { size: end - start, end, verdicts: judged.length, right };
}

/** Estimated number of right samples in some shells and its standard deviation; a judged sample has no deviation. */
function sumRight(shells: readonly JudgedShell[]): { readonly mean: number; readonly deviation: number } {
  let [mean, variance] = [0, 0];
  for (const { size, verdicts, right } of shells) {
    const share = (right + 0.5) / (verdicts + 1);
    const rest = size - verdicts;
    mean += right + rest * share;
    variance += (rest * size * share * (1 - share)) / (verdicts + 1);
  }
  return { mean, deviation: Math.sqrt(variance) };
}

/** Interval of the number of wrong samples in some shells. */
function countWrong(shells: readonly JudgedShell[]): Interval {
  const size = shells.reduce((sum, shell) => sum + shell.size, 0);
  const sure = shells.reduce((sum, { verdicts, right }) => sum + verdicts - right, 0);
  const right = shells.reduce((sum, shell) => sum + shell.right, 0);
  const { mean, deviation } = sumRight(shells);
  // p̂ never reaches 0; the observed share may.
  const observed = shells.reduce((sum, shell) => sum + (shell.size * shell.right) / shell.verdicts, 0);
  return {
    low: Math.max(sure, size - mean - Z_INTERVAL * deviation),
    high: Math.min(size - right, size - Math.min(mean, observed) + Z_INTERVAL * deviation),
  };
}

function estimateWrongShare(judged: readonly JudgedShell[], members: number): Interval {
  const end = judged.at(-1)?.end ?? 0;
  const { low, high } = countWrong(judged);
  return members === 0
    ? { low: 0, high: 1 }
    : { low: low / members, high: Math.min(1, (high + members - end) / members) };
}

function estimateRecall(judged: readonly JudgedShell[], cut: number, members: number): Interval {
  const above = countWrong(judged.filter(({ end }) => end <= cut));
  const below = judged.filter(({ end }) => end > cut);
  const known = below.length === 0 ? { low: 0, high: 0 } : countWrong(below);
  const last = judged.at(-1)!;
  const rest = ((members - last.end) * countWrong([last]).high) / last.size;
  const share = (hits: number, misses: number): number => (hits + misses > 0 ? hits / (hits + misses) : 0);
  return { low: share(above.low, known.high + rest), high: share(above.high, known.low) };
}

function countVerdicts(
  asked: readonly number[],
  verdicts: AuditInput['verdicts'],
): Pick<AuditResult, Verdict> {
  const counts = { wrong: 0, right: 0, unsure: 0 };
  for (const position of asked) {
    const verdict = verdicts.get(position);
    if (verdict !== undefined) counts[verdict]++;
  }
  return counts;
}
