import { type BitSet, countBits, countShared, intersect, listBits } from '../confirm/bit-set.js';

/** A condition that some samples meet; a conjunction has at most one of each feature. */
export interface Predicate {
  readonly feature: number;
  readonly bits: BitSet;
}

/** Samples that meet all of some predicates. */
export interface Conjunction {
  /** Positions of the predicates, rising. */
  readonly predicates: readonly number[];
  readonly size: number;
  /** Sum and largest of the errors of its samples. */
  readonly error: number;
  readonly largest: number;
  readonly score: number;
}

export interface ConjunctionOptions {
  /** Fewest samples. */
  readonly least: number;
  /** Number of conjunctions to return. */
  readonly most: number;
  /** Most predicates of a conjunction, 1 to 3. */
  readonly levels: number;
  /** Whether two predicates of different features may meet in a conjunction; default: all may. */
  readonly mayJoin?: (a: number, b: number) => boolean;
  /** Weight of the error against the size, from 0 to 1. Default: 0.95. */
  readonly alpha?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the conjunctions with the highest scores above 0, exactly: α·(mean error / overall mean error − 1) −
 * (1 − α)·(n / size − 1). Where the parts of a conjunction bound its score below the best ones, it is not counted
 * (Sagadeeva & Boehm, SliceLine, SIGMOD 2021). `errors` [n], at least 0.
 */
export function findConjunctions(
  predicates: readonly Predicate[],
  errors: Float64Array,
  options: ConjunctionOptions,
): Conjunction[] {
  const { least, most, levels, mayJoin = () => true, signal } = options;
  const judge = createJudge(errors, options);
  const top = new TopConjunctions(most);
  const add = (indices: readonly number[], bits: BitSet): Conjunction => {
    const found = judge.measure(indices, bits);
    top.add(found);
    return found;
  };
  const canImprove = (parts: readonly Conjunction[]): boolean => judge.bound(parts) > top.threshold();
  const singles = predicates.map(({ bits }, i) => (countBits(bits) >= least ? add([i], bits) : undefined));
  if (levels < 2) return top.list();
  // The best first, so that the threshold rises early.
  const order = singles.flatMap((single, i) => (single ? [i] : []));
  order.sort((a, b) => judge.bound([singles[b]!]) - judge.bound([singles[a]!]) || a - b);
  const pairs = new Map<number, Conjunction>();
  const key = (a: number, b: number): number => Math.min(a, b) * predicates.length + Math.max(a, b);
  const joins = (a: number, b: number): boolean =>
    predicates[a]!.feature !== predicates[b]!.feature && mayJoin(a, b);
  for (const [at, a] of order.entries()) {
    signal?.throwIfAborted();
    for (const b of order.slice(at + 1)) {
      if (!joins(a, b) || !canImprove([singles[a]!, singles[b]!])) continue;
      if (countShared(predicates[a]!.bits, predicates[b]!.bits) < least) continue;
      const indices = a < b ? [a, b] : [b, a];
      pairs.set(key(a, b), add(indices, intersect(predicates[a]!.bits, predicates[b]!.bits)));
    }
  }
  if (levels < 3) return top.list();
  for (const pair of pairs.values()) {
    signal?.throwIfAborted();
    const [a, b] = pair.predicates as [number, number];
    if (!canImprove([pair])) continue;
    const shared = intersect(predicates[a]!.bits, predicates[b]!.bits);
    for (let c = b + 1; c < predicates.length; c++) {
      const one = pairs.get(key(a, c));
      const other = pairs.get(key(b, c));
      if (!one || !other || !canImprove([pair, one, other])) continue;
      if (countShared(shared, predicates[c]!.bits) < least) continue;
      add([a, b, c], intersect(shared, predicates[c]!.bits));
    }
  }
  return top.list();
}

interface Judge {
  measure(indices: readonly number[], bits: BitSet): Conjunction;
  /** The highest score of a part of all of some conjunctions. */
  bound(parts: readonly Conjunction[]): number;
}

function createJudge(errors: Float64Array, { least, alpha = 0.95 }: ConjunctionOptions): Judge {
  const n = errors.length;
  const mean = errors.reduce((sum, error) => sum + error, 0) / n;
  const rate = (size: number, error: number): number =>
    alpha * (error / size / mean - 1) - (1 - alpha) * (n / size - 1);
  return {
    measure: (predicates, bits) => {
      let [error, largest] = [0, 0];
      const members = listBits(bits);
      for (const at of members) {
        error += errors[at]!;
        largest = Math.max(largest, errors[at]!);
      }
      const size = members.length;
      return { predicates, size, error, largest, score: mean > 0 ? rate(size, error) : -Infinity };
    },
    bound: (parts) => {
      let [size, error, largest] = [Infinity, Infinity, Infinity];
      for (const part of parts) {
        size = Math.min(size, part.size);
        error = Math.min(error, part.error);
        largest = Math.min(largest, part.largest);
      }
      if (size < least || !(mean > 0)) return -Infinity;
      // Falls or rises between these sizes: below error / largest each sample may have the largest error.
      const full = Math.max(least, Math.min(size, error / largest));
      return Math.max(
        ...[least, full, size].map((members) => rate(members, Math.min(error, members * largest))),
      );
    },
  };
}

/** The conjunctions with the highest scores so far. */
class TopConjunctions {
  private readonly kept: Conjunction[] = [];

  constructor(private readonly most: number) {}

  threshold(): number {
    return this.kept.length < this.most ? 0 : this.kept.at(-1)!.score;
  }

  add(conjunction: Conjunction): void {
    if (conjunction.score <= this.threshold()) return;
    let at = this.kept.length;
    while (at > 0 && this.kept[at - 1]!.score < conjunction.score) at--;
    this.kept.splice(at, 0, conjunction);
    if (this.kept.length > this.most) this.kept.pop();
  }

  list(): Conjunction[] {
    return [...this.kept];
  }
}
