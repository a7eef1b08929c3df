import { binomialCdf } from '@noema/evaluation';
import type { LabelEvidence } from './evidence.js';

/** Whether contradicted labels are wrong labels or hard samples, by the samples where the evidence is surest. */
export interface Persistence {
  /** Contradicted labels in the surest quarter of the samples, and in the quarter after it. */
  readonly surest: number;
  readonly next: number;
  /** Chance of this number in the surest quarter, or more, if contradictions fade fourfold towards it. */
  readonly pValue: number;
  /** Agreement of labels and evidence above that by chance (Cohen's κ). */
  readonly kappa: number;
}

/** Share of the surest quarter among the contradictions of both, if they fade fourfold. */
const FADING = 0.2;

/**
 * Compares how often labels are contradicted in the surest quarter of the samples, by the lead of the best class over
 * the second one, and in the next quarter. Where classes overlap, contradictions fade with sureness; labels that were
 * changed at random do not.
 */
export function measurePersistence({
  judged: { rows, classes, classCount },
  other,
  labelShare,
  otherShare,
  thirdShare,
}: LabelEvidence): Persistence {
  const leads = new Float32Array(classes.length);
  const best = classes.slice();
  for (const row of rows) {
    const p = labelShare[row]!;
    const q = otherShare[row]!;
    if (q > p) best[row] = other[row]!;
    leads[row] = q > p ? q - Math.max(p, thirdShare[row]!) : p - q;
  }
  const order = rows.slice().sort((a, b) => leads[b]! - leads[a]! || a - b);
  const quarter = Math.floor(rows.length / 4);
  const count = (from: number, to: number): number =>
    order.subarray(from, to).reduce((sum, row) => sum + Number(best[row] !== classes[row]), 0);
  const [surest, next] = [count(0, quarter), count(quarter, 2 * quarter)];
  return {
    surest,
    next,
    // At least `surest` successes are at most `next` failures.
    pValue: binomialCdf(next, surest + next, 1 - FADING),
    kappa: cohensKappa(rows, classes, best, classCount),
  };
}

function cohensKappa(rows: Int32Array, a: Int32Array, b: Int32Array, classCount: number): number {
  const [ofA, ofB] = [new Float64Array(classCount), new Float64Array(classCount)];
  let agreed = 0;
  for (const row of rows) {
    ofA[a[row]!]!++;
    ofB[b[row]!]!++;
    if (a[row] === b[row]) agreed++;
  }
  const byChance = ofA.reduce((sum, count, c) => sum + count * ofB[c]!, 0) / rows.length ** 2;
  return byChance < 1 ? (agreed / rows.length - byChance) / (1 - byChance) : 0;
}
