import { DomainError, Registry } from '@noema/kernel';
import { lrpError, yolo } from './boxes.js';
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from './crossentropies.js';
import { integrationLoss } from './integration.loss.js';
import type { LossHead } from './loss.head.js';
import { huber, meanAbsoluteError, meanSquaredError } from './regressions.js';

/** All losses, in the order in which people see them. */
export const lossHeads = new Registry<LossHead>('loss', [
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  binaryCrossentropy,
  meanSquaredError,
  meanAbsoluteError,
  huber,
  yolo,
  lrpError,
]);

/** Short names that Keras knows them by. */
const ALIASES: Readonly<Record<string, string>> = {
  mae: 'mean_absolute_error',
  mse: 'mean_squared_error',
  huberloss: 'huber',
};

const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

/**
 * The loss with a Keras name, however it is written (`categorical_crossentropy`, `CategoricalCrossentropy`,
 * `categoricalCrossentropy`), or by its short name (`mse`, `mae`). Throws `invalid` LOSS_UNKNOWN that names
 * all that are known.
 */
export function lossHead(name: string): LossHead {
  // No graph computes it, so that it is in no list of losses.
  if (name === integrationLoss.key) return integrationLoss;
  const wanted = ALIASES[plain(name)] ?? name;
  return lossHeads.get(lossHeads.keys().find((key) => plain(key) === plain(wanted)) ?? name);
}

const lossDefaults = ({ parameters }: LossHead): Readonly<Record<string, number>> =>
  Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.default]));

/**
 * The loss's parameters with defaults filled in; all are sizes above 0. Throws `invalid`
 * LOSS_PARAMETER_UNKNOWN, LOSS_PARAMETER_INVALID.
 */
export function lossParameters(
  head: LossHead,
  given: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const names = head.parameters.map(({ name }) => name);
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name))
      throw new DomainError(
        'invalid',
        'LOSS_PARAMETER_UNKNOWN',
        `loss ${head.key} has no parameter "${name}"; it has: ` + `${names.join(', ') || 'none'}`,
      );
    const { maximum = Number.MAX_VALUE } = head.parameters.find((parameter) => parameter.name === name)!;
    if (!(value > 0) || value > maximum)
      throw new DomainError(
        'invalid',
        'LOSS_PARAMETER_INVALID',
        `parameter "${name}" of loss ${head.key} is ${value}; give a number above 0` +
          (maximum < Number.MAX_VALUE ? ` and at most ${maximum}` : ''),
      );
  }
  return { ...lossDefaults(head), ...given };
}
