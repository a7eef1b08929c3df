import type { LabelEvidence } from './evidence.js';

/** The kind of the errors in labels, by the clear contradictions. */
export interface LabelNoise {
  /** 1: the labels of samples of one class are spread over all others; 0: they are not clearly so. */
  readonly randomness: number;
  /** Share of the sure contradictions of samples of a class that have a label, smoothed. Positions of classes. */
  readonly frequency: (best: number, label: number) => number;
}

/** A spread is measured on labels that the evidence rules out, if there are enough of them. */
const RULED_OUT = 0.01;
const MIN_RULED_OUT = 20;
/** Spread up to which errors follow a pattern, and from which they are random. */
const [PATTERN, RANDOM] = [0.85, 0.95];
/** Contradictions are clear from this probability of the other class, and confusions are counted from this one. */
const [CLEAR, COUNTED] = [0.5, 0.7];
/** Contradictions of a class that are assumed before any is seen, spread over all labels. */
const PRIOR = 5;

/**
 * Measures how labels with a probability below 0.01 are spread: the chance that two such samples of one class have
 * different labels, over that chance if labels were drawn at random from the other classes. Hard samples have labels
 * that the evidence does not rule out, so that their pattern does not hide random errors.
 */
export function measureNoise(evidence: LabelEvidence): LabelNoise {
  const { classCount } = evidence.judged;
  const counts = countConfusions(evidence, { atLeast: COUNTED, below: 1 });
  const totals = sumByBest(counts, classCount);
  return {
    randomness: Math.min(1, Math.max(0, (measureSpread(evidence) - PATTERN) / (RANDOM - PATTERN))),
    frequency: (best, label) =>
      ((counts.get(best * classCount + label) ?? 0) + PRIOR / (classCount - 1)) /
      ((totals.get(best) ?? 0) + PRIOR),
  };
}

/** The spread of labels that are ruled out, from 0 to 1; 0 with too few. */
function measureSpread(evidence: LabelEvidence): number {
  const { classCount } = evidence.judged;
  const counts = countConfusions(evidence, { atLeast: CLEAR, below: RULED_OUT });
  const totals = sumByBest(counts, classCount);
  // Two classes leave one label for an error: nothing is spread.
  if (classCount < 3 || sum(totals.values()) < MIN_RULED_OUT) return 0;
  const pairs = (values: Iterable<number>): number => sum([...values].map((count) => count * (count - 1)));
  const [equal, all] = [pairs(counts.values()), pairs(totals.values())];
  return all === 0 ? 0 : Math.min(1, (1 - equal / all) / (1 - 1 / (classCount - 1)));
}

/**
 * Contradictions where the other class has at least one probability, and the label less than another one; by other
 * class times the number of classes, plus the label.
 */
function countConfusions(
  { judged: { rows, classes, classCount }, other, otherShare, labelShare }: LabelEvidence,
  { atLeast, below }: { readonly atLeast: number; readonly below: number },
): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) {
    if (otherShare[row]! < atLeast || labelShare[row]! >= Math.min(below, otherShare[row]!)) continue;
    const key = other[row]! * classCount + classes[row]!;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function sumByBest(counts: ReadonlyMap<number, number>, classCount: number): Map<number, number> {
  const totals = new Map<number, number>();
  for (const [key, count] of counts) {
    const best = Math.floor(key / classCount);
    totals.set(best, (totals.get(best) ?? 0) + count);
  }
  return totals;
}

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);
