import { type DescribedSetting, describeSettings, readSettings } from '../keras.settings.js';
import type { ScheduleKind } from './schedule.js';

type DescribedSettings = Readonly<Record<string, DescribedSetting>>;

const INITIAL_RATE = {
  fallback: 0.001,
  min: 0,
  title: 'Initial learning rate',
  help: 'Learning rate of the first step.',
  step: 0.0001,
} as const;
const DECAY_STEPS = {
  fallback: 1000,
  min: 1,
  title: 'Decay steps',
  help: 'Number of steps that the decay rate applies to.',
  step: 100,
} as const;
const STAIRCASE = {
  fallback: false,
  title: 'Staircase',
  help: 'Whether the learning rate changes only after whole numbers of decay steps.',
} as const;

const CONSTANT = {
  learning_rate: { ...INITIAL_RATE, title: 'Learning rate', help: 'Learning rate of all steps.' },
} as const satisfies DescribedSettings;

export const constant: ScheduleKind = {
  key: 'constant',
  title: 'Constant',
  summary: 'The same learning rate for all steps.',
  reference: '',
  parameters: describeSettings(CONSTANT),
  facts: {},
  create(settings) {
    const { learning_rate } = readSettings('schedule constant', CONSTANT, settings);
    return () => learning_rate;
  },
};

const EXPONENTIAL = {
  initial_learning_rate: INITIAL_RATE,
  decay_steps: DECAY_STEPS,
  decay_rate: {
    fallback: 0.96,
    min: 0,
    title: 'Decay rate',
    help: 'Factor on the learning rate for each number of decay steps.',
  },
  staircase: STAIRCASE,
} as const satisfies DescribedSettings;

/** rate · decay_rate^(step / decay_steps). */
export const exponentialDecay: ScheduleKind = {
  key: 'exponential_decay',
  title: 'Exponential decay',
  summary: 'Multiplies the learning rate by the same factor again and again.',
  reference: '',
  parameters: describeSettings(EXPONENTIAL),
  facts: {},
  create(settings) {
    const s = readSettings('schedule exponential_decay', EXPONENTIAL, settings);
    return (step) =>
      s.initial_learning_rate *
      s.decay_rate ** (s.staircase ? Math.floor(step / s.decay_steps) : step / s.decay_steps);
  },
};

const INVERSE_TIME = {
  initial_learning_rate: INITIAL_RATE,
  decay_steps: DECAY_STEPS,
  decay_rate: {
    fallback: 0.5,
    min: 0,
    title: 'Decay rate',
    help: 'Number that is added to the divisor of the learning rate for each number of decay steps.',
  },
  staircase: STAIRCASE,
} as const satisfies DescribedSettings;

/** rate / (1 + decay_rate · step / decay_steps). */
export const inverseTimeDecay: ScheduleKind = {
  key: 'inverse_time_decay',
  title: 'Inverse-time decay',
  summary: 'Divides the learning rate by a number that grows with the steps.',
  reference: '',
  parameters: describeSettings(INVERSE_TIME),
  facts: {},
  create(settings) {
    const s = readSettings('schedule inverse_time_decay', INVERSE_TIME, settings);
    return (step) =>
      s.initial_learning_rate /
      (1 + s.decay_rate * (s.staircase ? Math.floor(step / s.decay_steps) : step / s.decay_steps));
  },
};

const COSINE = {
  initial_learning_rate: INITIAL_RATE,
  decay_steps: { ...DECAY_STEPS, help: 'Number of steps from the highest to the lowest learning rate.' },
  alpha: {
    fallback: 0,
    min: 0,
    title: 'Alpha',
    help: 'Lowest learning rate, as a share of the highest.',
  },
  warmup_target: {
    fallback: -1,
    min: -1,
    title: 'Warm-up target',
    help: 'Learning rate at the end of the warm-up; below 0 for the initial learning rate.',
    step: 0.0001,
  },
  warmup_steps: {
    fallback: 0,
    min: 0,
    title: 'Warm-up steps',
    help: 'Number of steps of the linear warm-up before the decay; 0 for none.',
    step: 100,
  },
} as const satisfies DescribedSettings;

/**
 * Half a cosine from the rate down to alpha times it, after an optional linear warm-up (Loshchilov & Hutter,
 * 2017).
 */
export const cosineDecay: ScheduleKind = {
  key: 'cosine_decay',
  title: 'Cosine decay',
  summary: 'Lowers the learning rate along half a cosine, on request after a linear warm-up.',
  reference: 'Loshchilov & Hutter 2017',
  parameters: describeSettings(COSINE),
  facts: {},
  create(settings) {
    const s = readSettings('schedule cosine_decay', COSINE, settings);
    const top = s.warmup_target < 0 ? s.initial_learning_rate : s.warmup_target;
    return (step) => {
      if (step < s.warmup_steps)
        return s.initial_learning_rate + ((top - s.initial_learning_rate) * step) / s.warmup_steps;
      const done = Math.min(step - s.warmup_steps, s.decay_steps) / s.decay_steps;
      return top * (s.alpha + (1 - s.alpha) * 0.5 * (1 + Math.cos(Math.PI * done)));
    };
  },
};
