import { expect, it } from 'vitest';
import type { Outputs } from '../engine/verdicts.js';
import { recordedSettings } from '../run/run.settings.js';
import { measureSplits } from './recorded-metrics.js';

const splits = [
  { split: 'training' as const, firstRow: 0, count: 3 },
  { split: 'validation' as const, firstRow: 3, count: 1 },
  { split: 'test' as const, firstRow: 4, count: 1 },
];
const of: Outputs = {
  rows: 5,
  width: 2,
  channels: 2,
  isExclusive: true,
  task: 'multi-class',
  outputs: Float32Array.of(0.9, 0.1, NaN, NaN, 0.2, 0.8, 0.6, 0.4, NaN, NaN),
  hasLoss: Uint8Array.of(1, 0, 1, 1, 0),
  truth: { data: Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1, 1, 0), width: 2 },
};
const settings = recordedSettings({ task: 'multi-class', epochs: 1, layers: [], layersNote: '' });
const loss = Float32Array.of(1, NaN, 3, 4, NaN);

it('measures each split over its rows with a loss, and leaves out a split without any', () => {
  expect(measureSplits(splits, of, loss, settings, [])).toEqual([
    { split: 'training', sampleCount: 2, loss: 2, metrics: [{ name: 'accuracy', value: 0.5 }] },
    { split: 'validation', sampleCount: 1, loss: 4, metrics: [{ name: 'accuracy', value: 0 }] },
  ]);
});

it('adds what the writers measured to the training split: the mean of the finite values', () => {
  const facts = [1, 3, NaN].map((value) => ({
    seconds: 1,
    samplesPerSecond: 1,
    droppedRows: 0,
    metrics: [{ name: 'rate', value }],
  }));
  const [training, validation] = measureSplits(splits, of, loss, settings, facts);
  expect(training!.metrics.at(-1)).toEqual({ name: 'rate', value: 2 });
  expect(validation!.metrics).toHaveLength(1);
});
