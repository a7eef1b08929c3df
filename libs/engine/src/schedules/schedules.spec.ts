import { expect, it } from 'vitest';
import { createSchedule } from './schedule.registry.js';

it.each<[string, Record<string, unknown>, [number, number][]]>([
  [
    'constant',
    { learning_rate: 0.2 },
    [
      [0, 0.2],
      [99, 0.2],
    ],
  ],
  [
    'ExponentialDecay',
    { initial_learning_rate: 1, decay_steps: 10, decay_rate: 0.5 },
    [
      [0, 1],
      [5, Math.SQRT1_2],
      [20, 0.25],
    ],
  ],
  [
    'exponential_decay',
    { initial_learning_rate: 1, decay_steps: 10, decay_rate: 0.5, staircase: true },
    [
      [9, 1],
      [10, 0.5],
    ],
  ],
  [
    'InverseTimeDecay',
    { initial_learning_rate: 1, decay_steps: 2, decay_rate: 0.5 },
    [
      [0, 1],
      [4, 0.5],
    ],
  ],
  [
    'CosineDecay',
    { initial_learning_rate: 1, decay_steps: 10, alpha: 0.1 },
    [
      [0, 1],
      [5, 0.55],
      [10, 0.1],
      [99, 0.1],
    ],
  ],
  [
    'cosine_decay',
    { initial_learning_rate: 0, warmup_target: 1, warmup_steps: 4, decay_steps: 10 },
    [
      [0, 0],
      [2, 0.5],
      [4, 1],
      [14, 0],
    ],
  ],
  [
    'PiecewiseConstantDecay',
    { boundaries: [2, 5], values: [3, 2, 1] },
    [
      [0, 3],
      [2, 3],
      [3, 2],
      [5, 2],
      [6, 1],
    ],
  ],
])('%s %j', (name, settings, points) => {
  const schedule = createSchedule(name, settings);
  for (const [step, rate] of points) expect(schedule(step)).toBeCloseTo(rate, 12);
});

it('refuses settings that make no schedule', () => {
  expect(() => createSchedule('piecewise_constant_decay', { boundaries: [5, 2], values: [1, 2, 3] })).toThrow(
    /give rising boundaries/,
  );
  expect(() => createSchedule('cosine_decay', { decay_steps: 0 })).toThrow(
    /"decay_steps" of schedule cosine_decay is 0/,
  );
});
