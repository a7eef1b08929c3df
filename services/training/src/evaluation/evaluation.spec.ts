import { describe, expect, it } from 'vitest';
import type { OutputEvaluation } from '@noema/population/rules';
import { RankedEvaluation } from './evaluation.js';

it('ranks rows by falling loss, equal ones by row, and gives those without ground truth no rank', () => {
  const ranked = new RankedEvaluation({
    rows: 4,
    width: 2,
    hasLoss: Uint8Array.of(1, 0, 1, 1),
    loss: Float32Array.of(0.5, NaN, 2, 0.5),
    predictedClass: Int32Array.of(0, 1, 1, 0),
    trueClass: Int32Array.of(0, -1, 0, 0),
    correct: Uint8Array.of(1, 0, 0, 1),
    outputs: Float32Array.of(0.75, 0.25, 0.5, 0.5, 0.25, 0.75, 1, 0),
  });
  expect([...ranked.byLoss]).toEqual([2, 0, 3, 1]);
  const index = {
    splits: ['training', 'unlabeled', 'validation', 'training'] as const,
    fields: new Map(),
    sampleIds: ['a', 'b', 'c', 'd'],
    getRow: () => 0,
  };
  expect(ranked.at(2, index, ['no', 'yes'])).toMatchObject({
    split: 'validation',
    sampleId: 'c',
    loss: 2,
    lossRank: 1,
    predictedClassName: 'yes',
    trueClassName: 'no',
    correct: false,
    probabilities: Float32Array.of(0.25, 0.75),
  });
  expect(ranked.at(1, index, [])).toMatchObject({
    loss: undefined,
    lossRank: 0,
    trueClass: -1,
    trueClassName: '',
  });
});

describe('the regions of a sample', () => {
  const evaluation: OutputEvaluation = {
    rows: 2,
    width: 0,
    hasLoss: Uint8Array.of(1, 0),
    loss: Float32Array.of(0.5, NaN),
    predictedClass: Int32Array.of(-1, -1),
    trueClass: Int32Array.of(-1, -1),
    correct: new Uint8Array(2),
    outputs: new Float32Array(),
  };
  const readRegions = (over: Partial<OutputEvaluation>, row: number, names: string[]) =>
    new RankedEvaluation({ ...evaluation, ...over }).regionsAt(row, names);

  it('are runs of each class, without positions that have no class', () => {
    const form = { dims: [2, 3], channels: 2, isExclusive: true };
    const predictedPositions = { ...form, data: Uint8Array.of(1, 2, 2, 1, 2, 1, 1, 1, 1, 1, 1, 1) };
    const truePositions = { ...form, data: Uint8Array.of(0, 2, 2, 0, 0, 2, 0, 0, 0, 0, 0, 0) };
    expect(readRegions({ predictedPositions, truePositions }, 0, ['sky', 'sea'])).toEqual({
      dims: [2, 3],
      predicted: [
        { classIndex: 0, className: 'sky', runs: [0, 1, 2, 1, 1, 1] },
        { classIndex: 1, className: 'sea', runs: [1, 2, 1, 1] },
      ],
      truths: [{ classIndex: 1, className: 'sea', runs: [1, 2, 2, 1] }],
    });
    expect(readRegions({ predictedPositions, truePositions }, 1, [])).toEqual({
      dims: [2, 3],
      predicted: [{ classIndex: 0, className: '', runs: [0, 6] }],
      truths: [],
    });
  });

  it('overlap where classes do not exclude each other', () => {
    const predictedPositions = {
      ...{ dims: [3], channels: 2, isExclusive: false },
      data: Uint8Array.of(1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0),
    };
    expect(readRegions({ predictedPositions }, 0, ['person', 'hat'])?.predicted).toEqual([
      { classIndex: 0, className: 'person', runs: [0, 1] },
      { classIndex: 1, className: 'hat', runs: [0, 2] },
    ]);
  });

  it('of a single mask are of the second of two classes', () => {
    const predictedPositions = {
      dims: [2],
      channels: 1,
      isExclusive: false,
      data: Uint8Array.of(0, 1, 0, 0),
    };
    const named = (names: string[]) => readRegions({ predictedPositions }, 0, names)?.predicted;
    const cell = { classIndex: 1, className: 'cell', runs: [1, 1] };
    expect(named(['background', 'cell'])).toEqual([cell]);
    expect(named(['cell'])).toEqual([cell]);
    expect(named([])).toEqual([{ ...cell, className: '' }]);
  });

  it('are absent for other tasks', () => {
    expect(readRegions({}, 0, [])).toBeUndefined();
  });
});
