import { describe, expect, it } from 'vitest';
import { seededRandom } from '@noema/kernel/random';
import { listBits, toBitSet } from '../confirm/bit-set.js';
import { findConjunctions, type Predicate } from './conjunctions.js';

const n = 400;
const rows = Array.from({ length: n }, (_, i) => i);
const FEATURES = [
  (i: number) => Math.floor((i * 7) / 3) % 4,
  (i: number) => (i * 5 + Math.floor(i / 9)) % 3,
  (i: number) => (i * i) % 5,
  (i: number) => (i * 11 + Math.floor(i / 4)) % 4,
];
const ERRORS = Float64Array.from(
  rows,
  (i) =>
    ((i * 37) % 101) / 100 +
    (FEATURES[0]!(i) === 1 && FEATURES[2]!(i) === 4 ? 1.5 : 0) +
    (FEATURES[3]!(i) === 2 ? 0.4 : 0),
);

const values = FEATURES.flatMap((read, feature) =>
  [...new Set(rows.map(read))].sort().map((value) => ({ feature, value, read })),
);
const predicates: Predicate[] = values.map(({ feature, value, read }) => ({
  feature,
  bits: toBitSet(
    rows.filter((i) => read(i) === value),
    n,
  ),
}));

describe('conjunctions', () => {
  it('equal the top slices of SliceLine', () => {
    const found = findConjunctions(predicates, ERRORS, { least: 10, most: 8, levels: 3 });
    const table = found.map(({ predicates: own, size, error, score }) => [
      own.map((at) => `${values[at]!.feature}=${values[at]!.value}`).join(' '),
      size,
      Number(error.toFixed(10)),
      Number(score.toFixed(10)),
    ]);
    // bench/reference/conjunctions.py
    expect(table).toEqual([
      ['0=1 2=4', 39, 77.41, 1.1170355348],
      ['0=1', 99, 118.06, 0.4179355099],
      ['0=1 1=0 2=4', 15, 29.31, 0.2571744818],
      ['3=2', 100, 105.43, 0.2437780908],
      ['2=4 3=2', 40, 51.24, 0.2327228819],
      ['0=1 1=1 2=4', 13, 27.17, 0.2253876599],
      ['2=4', 160, 154.06, 0.2022506205],
      ['0=1 3=2', 24, 35.81, 0.1684298204],
    ]);
  });

  it('are as good as all conjunctions tried one by one, for any errors', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed);
      const errors = Float64Array.from(rows, () => (random() < 0.2 ? random() * 3 : 0));
      const scores = tryAll(errors, 12);
      const found = findConjunctions(predicates, errors, { least: 12, most: 10, levels: 3 });
      expect(found.length).toBe(Math.min(10, scores.length));
      found.forEach(({ score }, at) => expect(score).toBeCloseTo(scores[at]!, 10));
    }
  });

  it('do not exist without predicates, with equal errors and without errors', () => {
    const options = { least: 1, most: 5, levels: 3 };
    expect(findConjunctions([], ERRORS, options)).toEqual([]);
    expect(findConjunctions(predicates, new Float64Array(n), options)).toEqual([]);
    expect(findConjunctions(predicates, new Float64Array(n).fill(1), options)).toEqual([]);
  });
});

/** All positive scores, the largest first. */
function tryAll(errors: Float64Array, least: number): number[] {
  const mean = errors.reduce((sum, error) => sum + error, 0) / n;
  const scores: number[] = [];
  const visit = (from: number, own: readonly number[], members: readonly number[]): void => {
    if (own.length > 0) {
      const total = members.reduce((sum, at) => sum + errors[at]!, 0);
      const score = 0.95 * (total / members.length / mean - 1) - 0.05 * (n / members.length - 1);
      if (members.length >= least && score > 0) scores.push(score);
    }
    if (own.length === 3) return;
    for (let next = from; next < predicates.length; next++) {
      if (own.some((at) => predicates[at]!.feature === predicates[next]!.feature)) continue;
      const has = new Set(listBits(predicates[next]!.bits));
      visit(
        next + 1,
        [...own, next],
        members.filter((at) => has.has(at)),
      );
    }
  };
  visit(0, [], rows);
  return scores.sort((a, b) => b - a);
}
