import { expect, it } from 'vitest';
import { differingSettings } from './differing-settings.js';

it('settings that differ are listed by their path, also if only one version has them', () => {
  const settings = (rate: number, more: object) => ({
    $typeName: 'Settings',
    batchSize: 32,
    optimizer: { name: 'adam', config: { learning_rate: rate } },
    metrics: [{ name: 'accuracy' }, { name: 'f_beta', config: { beta: rate * 100 } }],
    layersNote: '',
    ...more,
  });
  expect(differingSettings(settings(0.1, {}), settings(0.1, {}))).toEqual([]);
  expect(differingSettings(settings(0.1, {}), settings(0.2, { layers: ['a', 'b'] }))).toEqual([
    { name: 'optimizer.config.learning rate', before: '0.1', now: '0.2' },
    { name: 'metrics', before: 'accuracy, f_beta config.beta 10', now: 'accuracy, f_beta config.beta 20' },
    { name: 'layers', before: undefined, now: 'a, b' },
  ]);
});
