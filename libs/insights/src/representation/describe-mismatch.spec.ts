import { describe, expect, it } from 'vitest';
import { formatCount } from '../finding/numbers.js';
import type { Population } from '../population/population.js';
import { describeMismatch } from './describe-mismatch.js';
import type { Mismatch } from './shares.js';

/** Training samples, then as many held-out ones; `isMember` says who belongs to the group. */
function describeGroup(
  half: number,
  isMember: (row: number) => boolean,
  parity: Mismatch['parity'],
  known: Pick<Population, 'labels' | 'losses'> = {},
) {
  const n = 2 * half;
  const rows = Int32Array.from({ length: n }, (_, row) => row);
  const [training, heldOut] = [rows.subarray(0, half), rows.subarray(half)];
  const mask = Uint8Array.from(rows, (row) => Number(isMember(row)));
  const count = (some: Int32Array): number => some.filter((row) => mask[row] === 1).length;
  const population: Population = {
    n,
    task: 'multi-class',
    classNames: [],
    splits: ['training', 'validation'],
    splitCodes: Uint8Array.from(rows, (row) => Number(row >= half)),
    losses: Float32Array.from(rows, (row) => 1 + (row % 3)),
    history: [],
    spaces: [
      { key: 's', title: 'S', depth: undefined, width: 1, values: Float32Array.from(rows, (row) => row) },
    ],
    metadata: [],
    ...known,
  };
  const mismatch: Mismatch = {
    membership: { by: 'conditions', all: [{ on: 'metadata', name: 'site', oneOf: ['a'] }] },
    mask,
    training: count(training),
    heldOut: count(heldOut),
    trainingShare: count(training) / half,
    heldOutShare: count(heldOut) / half,
    pValue: 0.001,
    qValue: 0.01,
    parity,
  };
  return describeMismatch(mismatch, { population, heldOut, training, seed: 0 });
}

describe('a group with another share of training', () => {
  it('that all held-out samples have is not promised the same share', () => {
    const parity = { add: Infinity, low: 500, high: Infinity };
    const { sentence, numbers } = describeGroup(40, (row) => row >= 40 || row % 2 === 0, parity);
    expect(sentence).toContain('No number of them gives training the same share');
    expect(numbers).toEqual({ training: 20, heldOut: 40, addForShareLow: 500 });
  });

  it('that is as hard as samples of its class that training has more often would not gain from more', () => {
    const labels = Int32Array.from({ length: 400 }, (_, row) => Number(row % 4 > 0));
    const losses = Float32Array.from(labels, (label) => 2 - label);
    const isMember = (row: number): boolean => row % (row < 200 ? 32 : 8) === 0;
    const parity = { add: 20, low: 10, high: 30 };
    expect(describeGroup(200, isMember, parity, { labels, losses }).sentence).toContain(
      'Their mean loss is 2, where the rest has 1.14. More data would hardly help',
    );
  });

  it('that no held-out sample has is a hint: nothing shows that some can go', () => {
    const parity = { add: -20, low: -20, high: -15 };
    const { state, sentence } = describeGroup(40, (row) => row < 40 && row % 2 === 0, parity);
    expect(state).toBe('hint');
    expect(sentence).toContain('Whether some can go is unknown');
  });

  it('that is larger than what is compared names how many were', () => {
    const isMember = (row: number): boolean => row < 6000 && (row < 5000 || row % 2 === 0);
    const { state, sentence, members, remarks } = describeGroup(5500, isMember, {
      add: -1050,
      low: -1100,
      high: -1000,
    });
    expect(state).toBe('confirmed');
    expect(members.length).toBeGreaterThan(700);
    expect(sentence).toContain(`${formatCount(members.length)} training samples may go`);
    expect(remarks).toEqual(['4,000 of 5,250 training samples of the group are compared; the others stay.']);
  });
});
