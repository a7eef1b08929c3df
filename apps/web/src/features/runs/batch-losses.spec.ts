import { describe, expect, it } from 'vitest';
import { withProgress } from './batch-losses.js';

const at = (epoch: number, done: number, loss: number, phase = 'training') => ({
  epoch,
  phase,
  done,
  total: 4,
  loss,
});

describe('losses within an epoch', () => {
  it('lie between the epochs', () => {
    const first = withProgress(undefined, at(1, 1, 2));
    expect(withProgress(withProgress(first, at(1, 4, 1)), at(2, 2, 0.5))).toEqual([
      { x: 0.25, y: 2 },
      { x: 1, y: 1 },
      { x: 1.5, y: 0.5 },
    ]);
  });

  it('go back with a run that was resumed', () => {
    const known = [
      { x: 0.25, y: 2 },
      { x: 1.5, y: 1 },
      { x: 1.75, y: 0.9 },
    ];
    expect(withProgress(known, at(2, 2, 1.1))).toEqual([
      { x: 0.25, y: 2 },
      { x: 1.5, y: 1.1 },
    ]);
  });

  it('leave out what is not of training or not finite', () => {
    expect(withProgress([], at(1, 0, 1))).toEqual([]);
    expect(withProgress([], at(1, 1, NaN))).toEqual([]);
    expect(withProgress([], at(1, 4, 1, 'evaluating'))).toEqual([]);
  });
});
