import { computeTicks, numberScale, type ScaleKind } from '../../parts/scales/number-scale.js';

/** A mark below a histogram: where it is, 0 the left and 1 the right end, and its number. */
export interface BinTick {
  readonly share: number;
  readonly text: string;
}

interface Bin {
  readonly low: number;
  readonly high: number;
}

const MAX_TICKS = 4;

/** Marks of a histogram of losses, whose bins are equal in the logarithm of the loss where they can be. */
export function lossTicks(bins: readonly Bin[]): {
  readonly marks: readonly BinTick[];
  readonly isLog: boolean;
} {
  const [first, second, third] = bins;
  const isLog =
    second !== undefined &&
    third !== undefined &&
    second.low > 0 &&
    Math.abs(Math.log(second.high / second.low) - Math.log(third.high / third.low)) < 0.01;
  if (first === undefined || !isLog) return { marks: columnTicks(bins), isLog: false };
  return { marks: computeMarks('log', second.low ** 2 / second.high, bins), isLog };
}

/** Marks of a histogram whose bins are equally wide. */
export const columnTicks = (bins: readonly Bin[]): readonly BinTick[] =>
  bins[0] === undefined ? [] : computeMarks('linear', bins[0].low, bins);

function computeMarks(kind: ScaleKind, low: number, bins: readonly Bin[]): readonly BinTick[] {
  const high = bins.at(-1)?.high ?? low;
  return computeTicks(numberScale(kind, { low, high, positive: low, missing: 0 }), MAX_TICKS);
}
