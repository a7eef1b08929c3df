import { Registry } from '@noema/kernel';
import { byKerasName, type Settings } from '../keras.settings.js';
import { constant, cosineDecay, exponentialDecay, inverseTimeDecay } from './decays.js';
import { piecewiseConstantDecay } from './piecewise-constant.js';
import type { Schedule, ScheduleKind } from './schedule.js';

/** All learning-rate schedules, in the order in which people see them. */
export const schedules = new Registry<ScheduleKind>('learning-rate schedule', [
  constant,
  cosineDecay,
  exponentialDecay,
  inverseTimeDecay,
  piecewiseConstantDecay,
]);

/**
 * A schedule under its Keras name with its Keras settings. Throws `invalid` LEARNING_RATE_SCHEDULE_UNKNOWN,
 * SETTING_INVALID.
 */
export const createSchedule = (name: string, settings?: Settings): Schedule =>
  byKerasName(schedules, name).create(settings);
