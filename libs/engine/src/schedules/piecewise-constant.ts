import { DomainError } from '@noema/kernel';
import type { ScheduleKind } from './schedule.js';

const numbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => typeof n === 'number' && Number.isFinite(n));

/** values[i] up to and with step boundaries[i], the last value beyond. */
export const piecewiseConstantDecay: ScheduleKind = {
  key: 'piecewise_constant_decay',
  title: 'Piecewise constant',
  summary: 'Changes the learning rate at given steps.',
  reference: '',
  parameters: [
    {
      type: 'numbers',
      name: 'boundaries',
      title: 'Boundaries',
      help: 'Steps after which the learning rate changes, in rising order.',
      default: [],
    },
    {
      type: 'numbers',
      name: 'values',
      title: 'Learning rates',
      help: 'Learning rate before each boundary, and behind the last one.',
      default: [],
    },
  ],
  facts: {},
  create(settings = {}) {
    const { boundaries, values } = settings;
    const rising = numbers(boundaries) && boundaries.every((b, i) => i === 0 || b > boundaries[i - 1]!);
    if (!rising || !numbers(values) || values.length !== boundaries.length + 1 || values.some((v) => v < 0)) {
      throw new DomainError(
        'invalid',
        'SETTING_INVALID',
        `schedule piecewise_constant_decay has boundaries ${JSON.stringify(boundaries)} and values ` +
          `${JSON.stringify(values)}; give rising boundaries, and one rate of 0 or more beyond their ` +
          'number',
      );
    }
    return (step) => {
      const piece = boundaries.findIndex((boundary) => step <= boundary);
      return values[piece === -1 ? boundaries.length : piece]!;
    };
  },
};
