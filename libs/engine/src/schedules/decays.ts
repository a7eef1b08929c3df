import { readSettings } from '../keras.settings.js';
import type { ScheduleKind } from './schedule.js';

const rate = { fallback: 0.001, min: 0 };

export const constant: ScheduleKind = {
  key: 'constant',
  create(settings) {
    const { learning_rate } = readSettings('schedule constant', { learning_rate: rate }, settings);
    return () => learning_rate;
  },
};

/** rate · decay_rate^(step / decay_steps). */
export const exponentialDecay: ScheduleKind = {
  key: 'exponential_decay',
  create(settings) {
    const s = readSettings(
      'schedule exponential_decay',
      {
        initial_learning_rate: rate,
        decay_steps: { fallback: 1000, min: 1 },
        decay_rate: { fallback: 0.96, min: 0 },
        staircase: { fallback: false },
      },
      settings,
    );
    return (step) =>
      s.initial_learning_rate *
      s.decay_rate ** (s.staircase ? Math.floor(step / s.decay_steps) : step / s.decay_steps);
  },
};

/** rate / (1 + decay_rate · step / decay_steps). */
export const inverseTimeDecay: ScheduleKind = {
  key: 'inverse_time_decay',
  create(settings) {
    const s = readSettings(
      'schedule inverse_time_decay',
      {
        initial_learning_rate: rate,
        decay_steps: { fallback: 1000, min: 1 },
        decay_rate: { fallback: 0.5, min: 0 },
        staircase: { fallback: false },
      },
      settings,
    );
    return (step) =>
      s.initial_learning_rate /
      (1 + s.decay_rate * (s.staircase ? Math.floor(step / s.decay_steps) : step / s.decay_steps));
  },
};

/**
 * Half a cosine from the rate down to alpha times it, after an optional linear warm-up (Loshchilov & Hutter,
 * 2017).
 */
export const cosineDecay: ScheduleKind = {
  key: 'cosine_decay',
  create(settings) {
    const s = readSettings(
      'schedule cosine_decay',
      {
        initial_learning_rate: rate,
        decay_steps: { fallback: 1000, min: 1 },
        alpha: { fallback: 0, min: 0 },
        warmup_target: { fallback: -1, min: -1 },
        warmup_steps: { fallback: 0, min: 0 },
      },
      settings,
    );
    const top = s.warmup_target < 0 ? s.initial_learning_rate : s.warmup_target;
    return (step) => {
      if (step < s.warmup_steps)
        return s.initial_learning_rate + ((top - s.initial_learning_rate) * step) / s.warmup_steps;
      const done = Math.min(step - s.warmup_steps, s.decay_steps) / s.decay_steps;
      return top * (s.alpha + (1 - s.alpha) * 0.5 * (1 + Math.cos(Math.PI * done)));
    };
  },
};
