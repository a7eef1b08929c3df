import { describe, expect, it } from 'vitest';
import { runShare } from './run-share.js';

const run = (epochsDone: number, epochs: number) => ({ epochsDone, settings: { epochs } as never });

describe('the share of a run', () => {
  it('moves only forward through the phases of its epochs', () => {
    const steps = [
      runShare(run(0, 2), undefined),
      runShare(run(0, 2), { epoch: 1, phase: 'training', done: 50, total: 100 }),
      runShare(run(0, 2), { epoch: 1, phase: 'evaluating', done: 0, total: 100 }),
      runShare(run(0, 2), { epoch: 1, phase: 'saving', done: 0, total: 0 }),
      runShare(run(1, 2), undefined),
      runShare(run(1, 2), { epoch: 2, phase: 'training', done: 1, total: 100 }),
      runShare(run(2, 2), undefined),
    ];
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect([steps[0], steps[4], steps[6]]).toEqual([0, 0.5, 1]);
  });

  it('counts an epoch that is durable once, whatever the last progress said', () => {
    expect(runShare(run(1, 2), { epoch: 1, phase: 'saving', done: 0, total: 0 })).toBe(0.5);
  });
});
