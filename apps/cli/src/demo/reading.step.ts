import {
  accuracy,
  lossRatioMisclassified,
  misclassifiedRows,
  nearestClasses,
} from '../population/figures.js';
import type { Population } from '../population/population.js';
import type { WalkContext } from './walk-context.js';

export interface Reading {
  readonly validationAccuracy: number;
  readonly lossRatio: number;
  readonly nearest: Record<string, string>;
}

/**
 * Reports what the last map shows: what is misclassified, how that stands out, and which classes lie side by
 * side.
 */
export function readMap({ narrator }: WalkContext, population: Population): Reading {
  narrator.chapter(
    'What the map shows',
    'Color and size of a dot are its loss: how wrong the network is about it.',
  );
  const misclassified = misclassifiedRows(population);
  const reading = {
    validationAccuracy: accuracy(population, 'validation'),
    lossRatio: lossRatioMisclassified(population),
    nearest: nearestClasses(population),
  };
  narrator.say(
    `${(reading.validationAccuracy * 100).toFixed(2)} % of the validation digits are classified ` +
      `correctly; ${misclassified.length} of all ${population.samples.length} are misclassified`,
  );
  narrator.say(
    `the mean loss of a misclassified digit is ${reading.lossRatio.toFixed(0)} times that of the ` +
      'others: big dots are mistakes',
  );
  narrator.say(
    `nearest class of each class: ${Object.entries(reading.nearest)
      .map(([a, b]) => `${a}→${b}`)
      .join('  ')}`,
  );
  return reading;
}
