import { describe, expect, it } from 'vitest';
import type { Condition } from '../finding/membership.js';
import { type Candidate, selectSuspects } from './candidate.js';
import type { Outcomes } from './outcomes.js';

const n = 400;
/** The first 40 samples of four classes are wrong in every second one; all others are right. */
const residuals = Float64Array.from({ length: n }, (_, at) => (at < 40 && at % 2 === 0 ? 2 : -0.1));
const outcomes: Outcomes = {
  rows: Int32Array.from({ length: n }, (_, at) => at),
  losses: residuals.map((residual) => residual + 0.1),
  residuals,
  errors: Uint8Array.from(residuals, (residual) => Number(residual > 0)),
  limit: 3,
};

const range = (from: number, to: number, step = 1): Int32Array =>
  Int32Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + step * i);

const group = (name: string, found: Int32Array, all: readonly Condition[] = [], purity = 1): Candidate => ({
  finder: name,
  membership: { by: 'conditions', all },
  found,
  purity,
});
const ofClass = (equals: number): readonly Condition[] => [{ on: 'label', equals }];

const select = (...candidates: readonly Candidate[]): string[] =>
  selectSuspects(candidates, outcomes, 50).map(({ finder }) => finder);

describe('suspects', () => {
  const slice = group('slice', range(0, 40));
  const parts = [0, 1].map((label) =>
    group(`errors of ${label}`, range(20 * label, 20 * label + 20, 2), ofClass(label)),
  );

  it('without a class stay where errors of single classes cover them', () => {
    expect(select(...parts, slice)).toEqual(['slice', 'errors of 0', 'errors of 1']);
    // Without their classes, the errors are stronger than the slice, and nothing of it is left.
    const [first, second] = parts.map(({ finder, found }) => group(finder, found));
    expect(select(first!, second!, slice)).toEqual(['errors of 0', 'errors of 1']);
  });

  it('of a region that other classes share come after conditions of their own', () => {
    const shared = group('shared', range(0, 10, 2), ofClass(0), 0.05);
    const own = group('own', range(20, 32), ofClass(1));
    expect(select(group('shared', shared.found, ofClass(0)), own)).toEqual(['shared', 'own']);
    expect(select(shared, own)).toEqual(['own', 'shared']);
  });

  it('differ in more than half of their members', () => {
    expect(select(slice, group('almost', range(0, 38)))).toEqual(['slice']);
  });
});
