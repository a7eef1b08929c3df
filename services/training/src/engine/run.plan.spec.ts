import { compileLayers } from '@noema/layers';
import { describe, expect, it } from 'vitest';
import type { RunSettings } from '../run/run.js';
import { completeSettings } from '../run/run.settings.js';
import { planInputs } from './run.plan.js';

const model = (trainable: boolean) =>
  compileLayers(
    {
      class_name: 'Sequential',
      config: {
        name: 'net',
        layers: [
          { class_name: 'InputLayer', config: { name: 'x', batch_input_shape: [null, 2] } },
          { class_name: 'Dense', config: { name: 'price', units: 1, trainable } },
        ],
      },
    },
    { mode: 'training' },
  );

const settings = (kind: RunSettings['kind']): RunSettings => ({
  ...completeSettings({ kind, epochs: 1 }, { workers: 1, optimizer: 'adam' }),
  loss: { name: 'mean_squared_error', config: {} },
  objectives: [{ output: 'price', task: 'regression', loss: { name: 'mean_squared_error', config: {} } }],
  noLossReason: '',
  layers: [],
});

describe('the plan of a run', () => {
  it('has the ground truth of a model that it trains', () => {
    expect(planInputs(model(true), settings('train'))).toEqual([{ name: 'price', dims: [1] }]);
  });

  it('refuses to train a model without trainable weights, and evaluates it', () => {
    expect(() => planInputs(model(false), settings('train'))).toThrow(
      'model "net" has no weights that a training changes',
    );
    expect(planInputs(model(false), settings('evaluate'))).toEqual([{ name: 'price', dims: [1] }]);
  });
});
