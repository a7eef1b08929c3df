import { expect, it } from 'vitest';
import { orderVerdicts, restingState } from './audit.js';
import type { Verdict } from './verdict.js';

const judged = (verdict: Verdict | undefined, count: number): (Verdict | undefined)[] =>
  Array.from({ length: 10 }, (_, at) => (at < count ? verdict : undefined));

it.each([
  ['hint', 'hint', judged(undefined, 0)],
  ['hint', 'hint', judged('wrong', 1)],
  ['hint', 'hint', judged('right', 10)],
  ['hint', 'audited', judged('wrong', 10)],
  ['confirmed', 'confirmed', judged(undefined, 0)],
  ['confirmed', 'audited', judged('right', 1)],
] as const)('a %s is %s after verdicts that bear it out or not', (foundState, state, verdicts) => {
  expect(restingState({ foundState }, verdicts)).toBe(state);
});

it('puts verdicts into the order of the members', () => {
  const verdicts = new Map<number, Verdict>([
    [3, 'wrong'],
    [9, 'right'],
  ]);
  expect(orderVerdicts(Int32Array.of(9, 4, 3), verdicts)).toEqual(['right', undefined, 'wrong']);
});
