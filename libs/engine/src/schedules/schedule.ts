import type { MethodDescriptor } from '@noema/kernel';
import type { Settings } from '../keras.settings.js';

/** The learning rate at a step, counted from 0. */
export type Schedule = (step: number) => number;

/** A learning-rate schedule under its Keras name in snake case, with its description. */
export interface ScheduleKind extends MethodDescriptor {
  /** Throws `invalid` SETTING_INVALID. */
  create(settings?: Settings): Schedule;
}
