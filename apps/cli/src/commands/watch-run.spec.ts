import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { EpochSchema } from '@noema/contracts/noema/training/v1/epoch';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { expect, it } from 'vitest';
import { describeEpoch } from './watch-run.js';

const line = (...splits: NonNullable<MessageInitShape<typeof EpochSchema>['splits']>): string =>
  describeEpoch(create(EpochSchema, { epoch: 2, seconds: 0.7, splits }), 3);
const training = { split: Split.TRAINING, loss: 0.5, metrics: [{ name: 'accuracy', value: 0.875 }] };

it('an epoch names the splits that there are, and no other', () => {
  expect(line(training)).toBe('epoch 2 of 3: training loss 0.5000, accuracy 87.50 % (0.7 s)');
  expect(line(training, { split: Split.TEST, loss: 1, metrics: [] })).toBe(
    'epoch 2 of 3: training loss 0.5000, accuracy 87.50 %; test loss 1.0000 (0.7 s)',
  );
});

it('an epoch of data without ground truth reports it', () => {
  expect(line()).toBe('epoch 2 of 3: no ground truth to compare with (0.7 s)');
});
