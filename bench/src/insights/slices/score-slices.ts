import { newcombeInterval } from '@noema/evaluation';
import { type Effect, evaluateMembership, type Finding, type Population } from '@noema/insights';

/** How well findings match a planted slice, and the truth that the search did not see. */
export interface SliceScore {
  /** Largest share of the slice in the first ten members of one of the first five findings. */
  readonly precision: number;
  /** The same for the first finding, and for the first five hints or confirmed ones. */
  readonly first: number;
  readonly withHints: number;
  readonly confirmed: number;
  /** For each confirmed finding with enough unseen members: whether its intervals cover, and whether it is real. */
  readonly truths: readonly SliceTruth[];
}

/** A confirmed finding against the truth. */
export interface SliceTruth {
  readonly coversErrors: boolean;
  readonly coversLoss: boolean;
  /** Whether the difference of both error rates may be 0, where the truth has a sampling error of its own. */
  readonly agreesOnErrors: boolean;
  readonly isReal: boolean;
}

/** Samples that the search did not see, with their errors and losses, or the expectations of these. */
export interface Truth {
  readonly population: Population;
  readonly isTruth: Uint8Array;
  readonly errorChances: Float32Array;
  /** Where losses above a limit count as the limit. */
  readonly expectLosses: (limit: number) => Float32Array;
}

const [LISTED, LOOKED_AT] = [5, 10];
/** Unseen members below which the truth is too rough. */
const MIN_TRUTH = 50;

export function scoreSlices(findings: readonly Finding[], isSlice: Uint8Array, truth: Truth): SliceScore {
  const confirmed = findings.filter(({ state }) => state === 'confirmed');
  const measurePrecision = (own: readonly Finding[]): number =>
    Math.max(
      0,
      ...own
        .slice(0, LISTED)
        .map(
          ({ members }) => members.slice(0, LOOKED_AT).filter((row) => isSlice[row] === 1).length / LOOKED_AT,
        ),
    );
  return {
    precision: measurePrecision(confirmed),
    first: measurePrecision(confirmed.slice(0, 1)),
    withHints: measurePrecision(findings),
    confirmed: confirmed.length,
    truths: confirmed.flatMap((finding) => measureTruth(finding, truth)),
  };
}

const sample = ({ wrong, count }: { readonly wrong: number; readonly count: number }) => ({
  successes: wrong,
  trials: count,
});

type Estimate = Pick<Effect, 'difference' | 'interval'>;

/**
 * Whether the interval of the difference of two independent estimates has 0 in it, from the intervals of both (MOVER,
 * Zou & Donner, Statistics in Medicine 2008).
 */
export function agrees(a: Estimate, b: Estimate): boolean {
  const gap = a.difference - b.difference;
  const below = Math.hypot(a.difference - a.interval.low, b.interval.high - b.difference);
  const above = Math.hypot(a.interval.high - a.difference, b.difference - b.interval.low);
  return gap - below <= 0 && gap + above >= 0;
}

function measureTruth(
  { membership, effect, numbers }: Finding,
  { population, isTruth, errorChances, expectLosses }: Truth,
): SliceTruth[] {
  const losses = expectLosses(numbers['lossLimit']!);
  const inside = evaluateMembership(membership, population);
  const sides = [0, 1].map(() => ({ count: 0, wrong: 0, loss: 0 }));
  for (let row = 0; row < population.n; row++) {
    if (isTruth[row] === 0) continue;
    const side = sides[inside[row]!]!;
    side.count++;
    side.wrong += errorChances[row]!;
    side.loss += losses[row]!;
  }
  const [outer, inner] = sides as [(typeof sides)[0], (typeof sides)[0]];
  if (inner.count < MIN_TRUTH) return [];
  const wrong = inner.wrong / inner.count - outer.wrong / outer.count;
  const loss = inner.loss / inner.count - outer.loss / outer.count;
  const covers = (low: number, high: number, value: number): boolean => low <= value && value <= high;
  return [
    {
      coversErrors: covers(effect!.interval.low, effect!.interval.high, wrong),
      coversLoss: covers(numbers['lossDifferenceLow']!, numbers['lossDifferenceHigh']!, loss),
      agreesOnErrors: agrees(effect!, {
        difference: wrong,
        interval: newcombeInterval(sample(inner), sample(outer)),
      }),
      isReal: loss > 0,
    },
  ];
}
