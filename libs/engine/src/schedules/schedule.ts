import type { Settings } from '../keras.settings.js';

/** The learning rate at a step, counted from 0. */
export type Schedule = (step: number) => number;

export interface ScheduleKind {
  /** The Keras name in snake case. */
  readonly key: string;
  /** Throws `invalid` SETTING_INVALID. */
  create(settings?: Settings): Schedule;
}
